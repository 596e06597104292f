// The rule about code that must not compile has to notice both cases.
int main() {
#if CASE == 1
  return 0;
  // expect: error
#endif
#if CASE == 2
  return nowhere;
  // expect: no such words
#endif
}
