#pragma once
// The rule about formatters has to notice the next one.
struct fmt::formatter<X> : fmt::formatter<std::string> {};
