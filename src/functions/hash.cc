// Digests of text as lower-case hexadecimal: MD5, SHA1, SHA224, SHA256.
#include <openssl/evp.h>

#include <array>

#include "functions/families.h"
#include "functions/kernel.h"

namespace weir::functions {
namespace {

template <const EVP_MD* (*algorithm)()>
Result<ColumnRef> digest(const KernelCall& call) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const TextArg text(*call.arguments[0]);
  StringResult out(call);
  call.selection.for_each([&](uint32_t row) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    const std::string_view all = text[row].view();
    if (EVP_Digest(all.data(), all.size(), bytes.data(), &size, algorithm(), nullptr) != 1) {
      return call.context.errors->add(row, "the digest could not be computed");
    }
    char* to = out.reserve(size_t{2} * size);
    for (unsigned i = 0; i < size; ++i) {
      to[2 * i] = kHex[bytes[i] >> 4U];
      to[2 * i + 1] = kHex[bytes[i] & 15U];
    }
    out.set_written(row, to, size_t{2} * size);
  });
  return std::move(out).finish();
}

template <const EVP_MD* (*algorithm)()>
Result<Resolution> resolve(std::span<const LogicalType> arguments) {
  if (arguments.size() != 1 || !is_text(arguments[0])) {
    return no_such_call("a digest", "of one STRING", arguments);
  }
  const LogicalType type = arguments[0].is_character() ? arguments[0] : LogicalType::string();
  return resolved(arguments, {type}, string_like(arguments[0]), &digest<algorithm>);
}

Function hash(std::string_view name, std::string_view signature, std::string_view example,
              std::string_view answer, Resolve resolve_hash) {
  return function_row(name, signature, "The digest of the text's bytes, in lower-case hexadecimal.",
                      {{example, answer}}, resolve_hash);
}

}  // namespace

std::span<const Function> hash_functions() {
  static const std::vector<Function> rows = family_of(
      "hash",
      {
          hash("MD5", "MD5(text STRING) -> STRING", "MD5('')", "d41d8cd98f00b204e9800998ecf8427e",
               &resolve<&EVP_md5>),
          hash("SHA1", "SHA1(text STRING) -> STRING", "SHA1('abc')",
               "a9993e364706816aba3e25717850c26c9cd0d89d", &resolve<&EVP_sha1>),
          hash("SHA224", "SHA224(text STRING) -> STRING", "SHA224('')",
               "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f", &resolve<&EVP_sha224>),
          hash("SHA256", "SHA256(text STRING) -> STRING", "SHA256('')",
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
               &resolve<&EVP_sha256>),
      });
  return rows;
}

}  // namespace weir::functions
