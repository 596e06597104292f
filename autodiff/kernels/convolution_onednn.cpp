#include <dnnl.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/kernels/convolution.hpp"

namespace thalweg::kernels {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;

// Never ended: threads end after static objects do, and with them what they have prepared.
const dnnl::engine& engine() {
  static const dnnl::engine* const cpu = new dnnl::engine(dnnl::engine::kind::cpu, 0);
  return *cpu;
}
dnnl::stream& stream() {
  thread_local dnnl::stream stream(engine());
  return stream;
}

memory::desc describe(const memory::dims& sizes, Tag tag) {
  return {sizes, memory::data_type::f32, tag};
}

// What oneDNN is told of a convolution.
struct Descriptors {
  explicit Descriptors(const Convolution& c)
      : x(describe({c.images, c.in, c.size.height, c.size.width}, Tag::nhwc)),
        y(describe({c.images, c.out, c.out_size.height, c.out_size.width}, Tag::nhwc)),
        weight(describe(weight_sizes(c), Tag::any)),
        plain_weight(describe(weight_sizes(c), c.groups == 1 ? Tag::oihw : Tag::goihw)),
        bias(describe({c.out}, Tag::a)),
        strides{c.stride.height, c.stride.width},
        dilation{c.dilation.height - 1, c.dilation.width - 1},
        before{c.padding.height, c.padding.width},
        after{after_edge(c.size.height, c.kernel.height, c.stride.height, c.padding.height,
                         c.dilation.height, c.out_size.height),
              after_edge(c.size.width, c.kernel.width, c.stride.width, c.padding.width,
                         c.dilation.width, c.out_size.width)} {}

  static memory::dims weight_sizes(const Convolution& c) {
    if (c.groups == 1) return {c.out, c.in, c.kernel.height, c.kernel.width};
    return {c.groups, c.out / c.groups, c.in / c.groups, c.kernel.height, c.kernel.width};
  }
  // Padding on the far side for exactly this result; negative where the window does not reach it.
  static Index after_edge(Index size, Index kernel, Index stride, Index before, Index dilation,
                          Index out) {
    return (out - 1) * stride + (kernel - 1) * dilation + 1 - size - before;
  }

  memory::desc x, y, weight, plain_weight, bias;
  memory::dims strides, dilation, before, after;
};

constexpr auto direct = dnnl::algorithm::convolution_direct;

// The reference implementation takes a hundred times as long as anything else.
template <class Description>
bool worth_using(const Description& description) {
  return std::string_view(description.impl_info_str()).substr(0, 3) != "ref";
}

enum class Kind { plain, biased, to_image, to_weight };

// A convolution ready to run: made once per shape and thread, as that takes up to a millisecond.
struct Prepared {
  Convolution shape;
  Kind kind;
  std::optional<dnnl::primitive> run;
  std::optional<dnnl::reorder> reorder;  // of the weights, unless they are taken as they are
  memory::desc x, y, weight, plain_weight, bias;
};

dnnl::convolution_forward::primitive_desc forward_description(const Descriptors& d, bool biased) {
  using Forward = dnnl::convolution_forward;
  const auto kind = dnnl::prop_kind::forward_training;
  const Forward::desc what = biased ? Forward::desc(kind, direct, d.x, d.weight, d.bias, d.y,
                                                    d.strides, d.dilation, d.before, d.after)
                                    : Forward::desc(kind, direct, d.x, d.weight, d.y, d.strides,
                                                    d.dilation, d.before, d.after);
  return {what, engine()};
}

void set_reorder(Prepared& p, const memory::desc& from, const memory::desc& to) {
  if (from != to) p.reorder.emplace(dnnl::reorder::primitive_desc(engine(), from, engine(), to));
}

template <class Primitive, class Description>
void set_run(Prepared& p, const Description& description) {
  if (worth_using(description)) p.run.emplace(Primitive(description));
}

void prepare(Prepared& p) {
  const Descriptors d(p.shape);
  p.x = d.x, p.y = d.y, p.bias = d.bias, p.plain_weight = d.plain_weight;
  const auto forward = forward_description(d, p.kind == Kind::biased);
  if (p.kind == Kind::to_image) {
    using Backward = dnnl::convolution_backward_data;
    const Backward::primitive_desc description(
        Backward::desc(direct, d.x, d.weight, d.y, d.strides, d.dilation, d.before, d.after),
        engine(), forward);
    p.weight = description.weights_desc();
    set_reorder(p, d.plain_weight, p.weight);
    set_run<Backward>(p, description);
  } else if (p.kind == Kind::to_weight) {
    using Backward = dnnl::convolution_backward_weights;
    const Backward::primitive_desc description(
        Backward::desc(direct, d.x, d.weight, d.y, d.strides, d.dilation, d.before, d.after),
        engine(), forward);
    p.weight = description.diff_weights_desc();
    set_reorder(p, p.weight, d.plain_weight);
    set_run<Backward>(p, description);
  } else {
    p.weight = forward.weights_desc();
    set_reorder(p, d.plain_weight, p.weight);
    set_run<dnnl::convolution_forward>(p, forward);
  }
}

// Null if oneDNN does not want to.
const Prepared* prepared(const Convolution& c, Kind kind) {
  constexpr std::size_t most = 256;
  thread_local std::vector<Prepared> known;
  for (const Prepared& p : known)
    if (p.kind == kind && p.shape == c) return p.run ? &p : nullptr;
  if (known.size() == most) known.clear();
  Prepared& p = known.emplace_back();
  p.shape = c, p.kind = kind;
  try {
    prepare(p);
  } catch (const dnnl::error&) {  // no implementation: `run` stays empty
    p.run.reset();
  }
  return p.run ? &p : nullptr;
}

memory as_memory(const memory::desc& description, const float* data) {
  return {description, engine(), const_cast<float*>(data)};
}

// The weights in the order that the primitive wants.
memory ordered(const Prepared& p, const float* weight) {
  memory plain = as_memory(p.plain_weight, weight);
  if (!p.reorder) return plain;
  memory result(p.weight, engine());
  dnnl::reorder(*p.reorder).execute(stream(), plain, result);
  return result;
}

// oneDNN reckons in int inside and, beyond it, computes wrong numbers without a word.
bool fits(const Convolution& c) {
  constexpr Index most = 1 << 20;
  for (const Pair& p : {c.size, c.kernel, c.stride, c.padding, c.dilation, c.out_size})
    if (p.height > most || p.width > most) return false;
  return c.in_size() > 0 && c.result_size() > 0 && c.images <= most && c.in <= most &&
         c.out <= most;
}

}  // namespace

bool onednn_convolve(const Convolution& c, const float* x, const float* weight, const float* bias,
                     float* y) {
  if (!fits(c)) return false;
  const LibraryThreads one(1);
  const Prepared* const p = prepared(c, bias ? Kind::biased : Kind::plain);
  if (!p) return false;
  std::unordered_map<int, memory> arguments{{DNNL_ARG_SRC, as_memory(p->x, x)},
                                            {DNNL_ARG_WEIGHTS, ordered(*p, weight)},
                                            {DNNL_ARG_DST, as_memory(p->y, y)}};
  if (bias) arguments.emplace(DNNL_ARG_BIAS, as_memory(p->bias, bias));
  p->run->execute(stream(), arguments);
  stream().wait();
  return true;
}

bool onednn_to_image(const Convolution& c, const float* dy, const float* weight, float* dx) {
  if (!fits(c)) return false;
  const LibraryThreads one(1);
  const Prepared* const p = prepared(c, Kind::to_image);
  if (!p) return false;
  p->run->execute(stream(), {{DNNL_ARG_DIFF_DST, as_memory(p->y, dy)},
                             {DNNL_ARG_WEIGHTS, ordered(*p, weight)},
                             {DNNL_ARG_DIFF_SRC, as_memory(p->x, dx)}});
  stream().wait();
  return true;
}

bool onednn_to_weight(const Convolution& c, const float* x, const float* dy, float* dweight) {
  if (!fits(c)) return false;
  const LibraryThreads one(1);
  const Prepared* const p = prepared(c, Kind::to_weight);
  if (!p) return false;
  memory plain = as_memory(p->plain_weight, dweight);
  memory result = p->reorder ? memory(p->weight, engine()) : plain;
  p->run->execute(stream(), {{DNNL_ARG_SRC, as_memory(p->x, x)},
                             {DNNL_ARG_DIFF_DST, as_memory(p->y, dy)},
                             {DNNL_ARG_DIFF_WEIGHTS, result}});
  if (p->reorder) dnnl::reorder(*p->reorder).execute(stream(), result, plain);
  stream().wait();
  return true;
}

}  // namespace thalweg::kernels
