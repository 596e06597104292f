#pragma once
namespace user {
struct Adam {
  int rate = 2;
};
}  // namespace user
