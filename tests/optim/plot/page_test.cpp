#include "thalweg/optim/plot/page.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/optim/plot/pictures.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/optim/plot/line_chart.hpp"
#include "thalweg/optim/plot/surface.hpp"
#include "thalweg/optim/plot/svg.hpp"

using namespace thalweg;
using namespace optim::pictures;
using namespace optim::plot;

namespace {

const std::string chart = to_svg({.title = "Runs", .series = {{"L-BFGS", {3, 2, 1}}}});

/// A folder of its own, gone at the end.
struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("thalweg-page-" + std::to_string(::getpid()));

  Folder() { std::filesystem::create_directory(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string operator/(const char* name) const { return (path / name).string(); }
};

}  // namespace

TEST_CASE("page: it is whole and asks nobody for anything") {
  Page page("Downhill");
  page.heading("Methods");
  page.text("hello");
  page.figure(chart, "three steps");
  const std::string html = page.html();
  CHECK(html.starts_with("<!DOCTYPE html>"));
  CHECK(html.ends_with("</html>\n"));
  for (const char* part : {"<title>Downhill</title>", "<h1>Downhill</h1>", "<h2>Methods</h2>",
                           "<p>hello</p>", "<figcaption>three steps</figcaption>"})
    CHECK(contains(html, part));
  CHECK(contains(html, chart));
  for (const char* part : {"<script", "http", "<link", "@import", "url("})
    CHECK(!contains(html, part));
}

TEST_CASE("page: parts come in order, figures side by side in one frame") {
  Page page("p");
  page.text("first");
  page.figures({chart, chart, chart}, "third");
  page.text("fourth");
  const std::string html = page.html();
  CHECK(html.find("first") < html.find("<svg"));
  CHECK(html.find("third") < html.find("fourth"));
  CHECK(count(html, "<figure") == 1);
  CHECK(count(html, "<svg") == 3);
  CHECK(count(html, "<figcaption>") == 1);
}

TEST_CASE("page: no text is taken for markup") {
  const std::string evil = "<b>&\"'\x01", tame = "&lt;b&gt;&amp;&quot;&#39;\xEF\xBF\xBD";
  Page page(evil);
  page.heading(evil);
  page.text(evil);
  page.figure(chart, evil);
  page.figures({chart}, evil);
  CHECK(!contains(page.html(), "<b>"));
  CHECK(count(page.html(), tame) == 6);  // the title twice
}

TEST_CASE("page: every class of a picture has a style, every colour one in the dark too") {
  Surface surface([](double x, double y) { return x * y; }, {.minima = {{0, 0}}, .samples = 30});
  for (int k = 0; k < 6; ++k) surface.trajectory("t", {{0, 0}, {0.5, 0.5}});
  const std::string svg = surface.svg() + chart, style = page_style();
  for (auto at = svg.find("class=\""); at != svg.npos; at = svg.find("class=\"", at + 1)) {
    std::istringstream names(svg.substr(at + 7, svg.find('"', at + 7) - at - 7));
    for (std::string name; names >> name;)
      CHECK_MESSAGE((contains(style, "." + name + " ") || contains(style, "." + name + ",")), name);
  }
  for (auto at = style.find("var(--"); at != style.npos; at = style.find("var(--", at + 1)) {
    const std::string name = style.substr(at + 4, style.find(')', at) - at - 4);
    if (name != "--broad") CHECK_MESSAGE(count(style, name + ":") == 2, name);
  }
}

TEST_CASE("a picture that is a file of its own has size, style and background") {
  const std::string file = standalone(chart);
  CHECK(well_formed(file));
  CHECK(file.starts_with("<svg "));
  CHECK(contains(file, "xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\""));
  CHECK(contains(file, "<rect class=\"card\""));
  CHECK(contains(file, "prefers-color-scheme: dark"));
  CHECK(!contains(file, "var("));  // programs other than browsers do not know variables
  CHECK_THROWS_WITH_AS(standalone("<p>no picture</p>"),
                       "standalone: expected an <svg> element; got '<p>no picture</p>'",
                       ValueError);
}

TEST_CASE("pages and pictures are written whole, by their names") {
  const Folder folder;
  Surface surface([](double x, double y) { return x * x + y; }, {.title = "Valley", .samples = 9});
  std::ofstream(folder / "valley.svg") << "old";
  surface.write(folder / "valley.svg");
  CHECK(read_file(folder / "valley.svg") == standalone(surface.svg()));
  surface.write(folder / "valley.html");
  CHECK(contains(read_file(folder / "valley.html"), "<h1>Valley</h1>"));
  write_svg(folder / "chart.svg", chart);
  CHECK(read_file(folder / "chart.svg") == standalone(chart));
  Page page("p");
  page.write(folder / "page.html");
  CHECK(read_file(folder / "page.html") == page.html());
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 4);
  CHECK_THROWS_WITH_AS(page.write("no/such/folder/page.html"),
                       "no/such/folder/page.html: cannot be written: No such file or directory",
                       DataError);
}
