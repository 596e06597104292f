// The rule about snippets has to notice that this one is not in README.md.
// [snippet]
int lost = 1;
// [end]
