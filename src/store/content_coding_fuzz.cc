// Fuzzes the decoders: the first byte chooses the coding and the size of the pieces.
#include "store/content_coding.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir::store;
  if (size == 0) return 0;
  const auto coding = static_cast<ContentCoding>(data[0] % 5);
  const size_t step = size_t{1} + data[0] / 5;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto decoder = make_decoder(coding);
  for (size_t at = 0; at < bytes.size(); at += step) {
    const auto done =
        decoder->decode(bytes.substr(at, step), [](std::string_view) { return weir::ok(); });
    if (!done.has_value()) return 0;
  }
  static_cast<void>(decoder->finish());
  return 0;
}

std::vector<std::string> weir_fuzz_corpus() {
  using namespace weir::store;
  std::vector<std::string> corpus;
  for (int coding = 0; coding < 5; ++coding) {
    std::string coded(1, static_cast<char>(coding + 50));
    const CodingSink keep = [&](std::string_view piece) {
      coded += piece;
      return weir::ok();
    };
    const auto encoder = make_encoder(static_cast<ContentCoding>(coding));
    static_cast<void>(encoder->encode("some text, some text, some text", keep));
    static_cast<void>(encoder->finish(keep));
    corpus.push_back(coded);
  }
  return corpus;
}
