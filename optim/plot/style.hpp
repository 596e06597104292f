#pragma once
/// How pictures and pages look: in the reader's choice of light or dark, and never by colour alone.

#include <string>
#include <string_view>

namespace thalweg::optim::plot {

/// Text in which no character has a meaning of its own in HTML or XML, fit for attributes too.
/// Control characters, which no page may hold, become "�".
std::string escaped(std::string_view text);

/// The style sheet of a page with pictures.
///
///     variables   --page, --card, --ink, --soft, --rule: backgrounds, text, lines
///                 --s0 … --s5: lines of a chart;  --c0 … --c7: contours, from low to high
///     classes     section, figure, .figures, .note of the page; .line, .tick, … of its pictures
std::string page_style();

/// The rules for pictures alone, for a picture that is a file of its own. Colours stand in the
/// rules themselves: programs other than browsers know no variables.
std::string picture_style();

}  // namespace thalweg::optim::plot
