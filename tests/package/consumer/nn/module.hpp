#pragma once
namespace user {
struct Module {
  int parts = 1;
};
}  // namespace user
