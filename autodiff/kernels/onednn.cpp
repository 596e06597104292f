#include <oneapi/dnnl/dnnl.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/kernels/product.hpp"

namespace thalweg::kernels {

void onednn_product(const Product<float>& p) {
  const auto letter = [](Use use) { return use == Use::plain ? 'N' : 'T'; };
  const dnnl_status_t status =
      dnnl_sgemm(letter(p.use_a), letter(p.use_b), p.m, p.n, p.k, 1, p.a, p.row_a, p.b, p.row_b,
                 p.accumulate ? 1.0F : 0.0F, p.c, p.row_c);
  if (status != dnnl_success)
    throw Error(fmt::format("matmul: oneDNN refused a product of [{}, {}] and [{}, {}], status {}",
                            p.m, p.k, p.k, p.n, static_cast<int>(status)));
}

}  // namespace thalweg::kernels
