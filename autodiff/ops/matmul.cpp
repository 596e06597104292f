#include "thalweg/autodiff/ops/matmul.hpp"

#include "thalweg/autodiff/kernels/masked_product.hpp"
#include "thalweg/autodiff/kernels/matmul.hpp"
#include "thalweg/autodiff/statement/space.hpp"

namespace thalweg::detail {

namespace {

using kernels::Use;

// C_i = A_i op(B_i) for every i of a batch. The batch axes of A and B broadcast to those of C.
struct Plan {
  Index m = 1, n = 1, k = 1;
  Use use_b = Use::plain;
  Shape batch[3] = {};  // of A, B and C

  Index elements(int operand) const { return operand == 0 ? m * k : operand == 1 ? k * n : m * n; }
  // Where the matrices are: in each row of the space every operand advances or stays.
  void lay_out(Space& space) const {
    const Shape* const shapes[] = {&batch[0], &batch[1], &batch[2]};
    make_space(space, batch[2], shapes, 3);
  }
};

// A factor of the products: operand 0, 1 or 2 of the plan.
template <class Real>
struct Factor {
  int operand;
  Use use;
  const Real* data;
};

// to_i (+)= op(A_i) op(B_i), to [m, n] with inner size k; `to` is operand `target` of the plan.
template <class Real>
void multiply(const Plan& plan, const Space& space, Index m, Index n, Index k, Factor<Real> a,
              Factor<Real> b, int target, bool accumulate, Real* to) {
  const auto stride = [&](int operand) { return space.step[operand] * plan.elements(operand); };
  const kernels::Batch batch{space.length, stride(a.operand), stride(b.operand), stride(target)};
  for (Index row = 0; row < space.rows; ++row) {
    const auto start = [&](int operand) {
      return space.axes ? space.offset(operand, row) * plan.elements(operand) : 0;
    };
    kernels::gemm_batched(a.use, b.use, batch, m, n, k, a.data + start(a.operand),
                          b.data + start(b.operand), accumulate, to + start(target));
  }
}

// The same of an adjoint, operand 2, and of a factor of the product: what meets a 0 in the adjoint
// does not count, whatever it holds.
template <class Real>
void multiply_adjoint(const Plan& plan, const Space& space, Index m, Index n, Index k,
                      Factor<Real> a, Factor<Real> b, int target, bool accumulate, Real* to) {
  const Factor<Real>& factor = a.operand == 2 ? b : a;
  const Index size = plan.batch[factor.operand].size() * plan.elements(factor.operand);
  if (kernels::all_finite(size, factor.data))
    return multiply(plan, space, m, n, k, a, b, target, accumulate, to);
  for (Index row = 0; row < space.rows; ++row)
    for (Index i = 0; i < space.length; ++i) {
      const auto start = [&](int operand) {
        return ((space.axes ? space.offset(operand, row) : 0) + i * space.step[operand]) *
               plan.elements(operand);
      };
      const bool first = i == 0 || space.step[target] != 0;
      kernels::masked_product<Real>(
          {a.use, b.use, m, n, k, a.data + start(a.operand), a.use == Use::plain ? k : m,
           b.data + start(b.operand), b.use == Use::plain ? n : k, accumulate || !first,
           to + start(target), n},
          a.operand == 2 ? kernels::Zeros::of_a : kernels::Zeros::of_b);
    }
}

// Where the adjoint of an operand goes. If several rows of the batch meet in one of its matrices,
// or there are no rows, zeros come first and everything is added.
template <class Real>
Target<Real> product_target(Backward<Real>& back, const Plan& plan, const Space& space,
                            int operand) {
  const bool once =
      space.rows == 1 || (space.rows > 1 && plan.batch[operand].size() == plan.batch[2].size());
  const auto position = static_cast<std::size_t>(operand);
  return once ? back.into(position) : back.zeroed(position);
}

//     C = A B:     Ā = C̄ Bᵀ,   B̄ = Aᵀ C̄.
//     C = A Bᵀ:    Ā = C̄ B,    B̄ = C̄ᵀ A.
template <class Real>
void pull(Backward<Real>& back, const Plan& plan, const Real* a, const Real* b) {
  Space space;
  plan.lay_out(space);
  const Real* const dc = back.adjoint();
  const bool plain = plan.use_b == Use::plain;
  if (const auto to = product_target(back, plan, space, 0))
    multiply_adjoint<Real>(plan, space, plan.m, plan.k, plan.n, {2, Use::plain, dc},
                           {1, plain ? Use::transposed : Use::plain, b}, 0, to.accumulate, to.data);
  const auto to = product_target(back, plan, space, 1);
  if (!to) return;
  if (plain)
    multiply_adjoint<Real>(plan, space, plan.k, plan.n, plan.m, {0, Use::transposed, a},
                           {2, Use::plain, dc}, 1, to.accumulate, to.data);
  else
    multiply_adjoint<Real>(plan, space, plan.n, plan.k, plan.m, {2, Use::transposed, dc},
                           {0, Use::plain, a}, 1, to.accumulate, to.data);
}

template <class Real>
Tensor<Real> product(const char* op, const Tensor<Real>& a, const Tensor<Real>& b, const Plan& plan,
                     const Shape& shape, Location where) {
  Tensor<Real> c = Tensor<Real>::uninitialised(shape);
  Space space;
  plan.lay_out(space);
  multiply<Real>(plan, space, plan.m, plan.n, plan.k, {0, Use::plain, a.data()},
                 {1, plan.use_b, b.data()}, 2, false, c.unshared_data());
  return record(
      op, c, {a, b},
      [a = saved_if(active(b), a), b = saved_if(active(a), b), plan](Backward<Real>& back) {
        pull(back, plan, a.data(), b.data());
      },
      where);
}

// All axes but the last two.
Shape batch_of(const Shape& shape) {
  const int count = shape.rank() < 2 ? 0 : shape.rank() - 2;
  return Shape(shape.sizes().first(count));
}

Shape joint_batch(const Shape& a, const Shape& b) {
  try {
    return broadcast("matmul", batch_of(a), batch_of(b));
  } catch (const ShapeError&) {
    throw ShapeError(fmt::format(
        "matmul: batch axes do not broadcast: {} times {}; all axes but the last two, {} and {}, "
        "must agree or be 1",
        a, b, batch_of(a), batch_of(b)));
  }
}

}  // namespace

template <class Real>
Tensor<Real> matmul(const Tensor<Real>& a, const Tensor<Real>& b, Location where) {
  const Shape &left = a.shape(), &right = b.shape();
  if (left.rank() == 0 || right.rank() == 0)
    throw ShapeError(fmt::format(
        "matmul: {} times {}; expected vectors, matrices or batches of matrices", left, right));
  const bool vector_a = left.rank() == 1, vector_b = right.rank() == 1;
  Plan plan;
  plan.m = vector_a ? 1 : left[left.rank() - 2];
  plan.k = left[left.rank() - 1];
  plan.n = vector_b ? 1 : right[right.rank() - 1];
  if (const Index rows = right[vector_b ? 0 : right.rank() - 2]; plan.k != rows)
    throw ShapeError(fmt::format(
        "matmul: inner sizes differ: {} times {}; {} of the first ({}) must equal {} of the second "
        "({})",
        left, right, vector_a ? "elements" : "columns", plan.k, vector_b ? "elements" : "rows",
        rows));
  Shape shape = joint_batch(left, right);
  plan.batch[0] = batch_of(left);
  plan.batch[1] = batch_of(right);
  plan.batch[2] = shape;
  if (!vector_a) shape.push_back(plan.m);
  if (!vector_b) shape.push_back(plan.n);
  return product("matmul", a, b, plan, shape, where);
}

// A product of inner size 1.
template <class Real>
Tensor<Real> outer(const Tensor<Real>& a, const Tensor<Real>& b, Location where) {
  expect_vectors("outer", a.shape(), b.shape(), false);
  Plan plan;
  plan.m = a.size();
  plan.n = b.size();
  return product("outer", a, b, plan, {plan.m, plan.n}, where);
}

// y = x Wᵀ, all axes of x but the last as rows of one matrix.
template <class Real>
Tensor<Real> linear(const Tensor<Real>& x, const Tensor<Real>& weight, Location where) {
  if (weight.rank() != 2)
    throw ShapeError(
        fmt::format("linear: the weight has shape {}; expected [out, in]", weight.shape()));
  const Index in = weight.size(1), out = weight.size(0);
  if (x.rank() == 0 || x.size(-1) != in)
    throw ShapeError(fmt::format(
        "linear: the input has shape {}, the weight {}; the last axis of the input must have size "
        "{}, one for each column of the weight",
        x.shape(), weight.shape(), in));
  Shape shape = x.shape();
  shape[shape.rank() - 1] = out;
  Plan plan;
  plan.m = x.shape().size_before(x.rank() - 1);
  plan.n = out;
  plan.k = in;
  plan.use_b = Use::transposed;
  return product("linear", x, weight, plan, shape, where);
}

void expect_vectors(const char* op, const Shape& a, const Shape& b, bool same_size) {
  if (a.rank() != 1 || b.rank() != 1)
    throw ShapeError(fmt::format("{}: shapes {} and {}; expected two vectors", op, a, b));
  if (same_size && a != b) throw ShapeError(fmt::format("{}: sizes differ: {} and {}", op, a, b));
}

void expect_bias(const Shape& bias, const Shape& weight) {
  if (weight.rank() == 2 && (bias.rank() != 1 || bias[0] != weight[0]))
    throw ShapeError(fmt::format(
        "linear: the bias has shape {}, the weight {}; the bias must have one element for each row "
        "of the weight ({})",
        bias, weight, weight[0]));
}

#define THALWEG_INSTANTIATE(Real)                                                   \
  template Tensor<Real> matmul(const Tensor<Real>&, const Tensor<Real>&, Location); \
  template Tensor<Real> outer(const Tensor<Real>&, const Tensor<Real>&, Location);  \
  template Tensor<Real> linear(const Tensor<Real>&, const Tensor<Real>&, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
