// Overloaded: several lambdas as one visitor of a std::variant.
//
// Leave no generic lambda among them, so that a forgotten alternative does not compile.
#pragma once

namespace weir {

template <typename... Lambdas>
struct Overloaded : Lambdas... {
  using Lambdas::operator()...;
};
template <typename... Lambdas>
Overloaded(Lambdas...) -> Overloaded<Lambdas...>;

}  // namespace weir
