#pragma once
namespace user {
struct Tape {
  int length = 3;
};
}  // namespace user
