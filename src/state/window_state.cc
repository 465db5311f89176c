#include "state/window_state.h"

#include <limits>
#include <numeric>
#include <utility>

#include "base/check.h"

namespace weir::state {
namespace {

constexpr uint32_t kMagic = 0x31545357;  // "WST1"
constexpr uint8_t kSectionRows = 1;
constexpr uint8_t kSectionDropped = 2;
// How many partials are merged at a time: enough for prefetching, small enough to stay in cache.
constexpr size_t kMergeRows = 4096;
// What one message of sealed partials holds at least before it goes; a single key may be longer.
constexpr size_t kSealBytes = size_t{1} << 20U;

}  // namespace

WindowState::WindowState(const KeyCodec& codec, const AggregateLayout& layout)
    : codec_(codec), layout_(layout) {}

GroupTable& WindowState::slice(int64_t end_ms) {
  auto& table = slices_[end_ms];
  if (!table) {
    table = std::make_unique<GroupTable>(codec_, layout_.state_bytes(), AggregateLayout::init,
                                         &layout_);
    table->expect(taken_groups_);
  }
  return *table;
}

GroupTable* WindowState::find(int64_t end_ms) {
  const auto found = slices_.find(end_ms);
  return found == slices_.end() ? nullptr : found->second.get();
}

std::unique_ptr<GroupTable> WindowState::take(int64_t end_ms) {
  const auto found = slices_.find(end_ms);
  if (found == slices_.end()) return nullptr;
  auto table = std::move(found->second);
  slices_.erase(found);
  taken_groups_ = table->size();
  if (written_.erase(end_ms) > 0) dropped_.insert(end_ms);
  return table;
}

void WindowState::absorb(int64_t end_ms, std::unique_ptr<GroupTable> table) {
  auto& slice = slices_[end_ms];
  if (!slice) {
    // Whatever its former owner has written, this state's deltas do not have it: all rows count as
    // changed.
    table->mark_all_changed();
    slice = std::move(table);
    return;
  }
  for (uint32_t row = 0; row < table->size(); ++row) {
    layout_.merge(slice->find_or_insert(table->hash(row), table->key(row)), table->state(row));
  }
}

void WindowState::merge(const SealedPartials& partials) {
  GroupTable& into = slice(partials.slice_end_ms);
  const uint32_t width = layout_.state_bytes();
  std::array<std::byte*, kMergeRows> states{};
  EncodedKeys chunk;
  const size_t count = partials.keys.count();
  for (size_t begin = 0; begin < count; begin += kMergeRows) {
    const size_t end = std::min(begin + kMergeRows, count);
    chunk.hashes.assign(partials.keys.hashes.begin() + static_cast<ptrdiff_t>(begin),
                        partials.keys.hashes.begin() + static_cast<ptrdiff_t>(end));
    const uint32_t first = partials.keys.offsets[begin];
    const uint32_t last = partials.keys.offsets[end];
    chunk.bytes.assign(partials.keys.bytes.begin() + first, partials.keys.bytes.begin() + last);
    chunk.offsets.resize(end - begin + 1);
    for (size_t i = begin; i <= end; ++i) {
      chunk.offsets[i - begin] = partials.keys.offsets[i] - first;
    }
    into.find_or_insert(chunk, std::span(states.data(), end - begin));
    for (size_t i = begin; i < end; ++i) {
      layout_.merge(states[i - begin], partials.states.data() + i * width);
    }
  }
}

int64_t WindowState::earliest() const {
  return slices_.empty() ? std::numeric_limits<int64_t>::max() : slices_.begin()->first;
}

void WindowState::write_rows(ByteWriter& out, int64_t end_ms, const GroupTable& table,
                             std::span<const uint32_t> rows) const {
  out.le(kSectionRows);
  out.le(end_ms);
  out.le(static_cast<uint32_t>(rows.size()));
  for (size_t at = 0; at < rows.size(); ++at) {
    // Rows stand in the order in which they changed, which memory does not know.
    constexpr size_t kAhead = 16;
    if (at + kAhead < rows.size()) table.prefetch(rows[at + kAhead]);
    const uint32_t row = rows[at];
    const auto key = table.key(row);
    out.le(static_cast<uint32_t>(key.size()));
    out.bytes(key);
    out.bytes({table.state(row), layout_.state_bytes()});
  }
}

void WindowState::delta(ByteWriter& out, int64_t skip_slice_ms, uint32_t skip) {
  size_t rows = 0;
  for (const auto& [end_ms, table] : slices_) rows += table->changed().size();
  out.reserve(out.size() +
              rows * (sizeof(uint32_t) + codec_.fixed_bytes() + layout_.state_bytes()));
  out.le(kMagic);
  out.le(layout_.state_bytes());
  for (const int64_t end_ms : dropped_) {
    out.le(kSectionDropped);
    out.le(end_ms);
  }
  dropped_.clear();
  for (auto& [end_ms, table] : slices_) {
    if (end_ms == skip_slice_ms && skip > 0) {
      // Rows are gone from the front: the slice is written anew with what is left.
      out.le(kSectionDropped);
      out.le(end_ms);
      std::vector<uint32_t> rest(table->size() - skip);
      std::iota(rest.begin(), rest.end(), skip);
      write_rows(out, end_ms, *table, rest);
      written_.insert(end_ms);
    } else if (!table->changed().empty()) {
      write_rows(out, end_ms, *table, table->changed());
      written_.insert(end_ms);
    }
    table->begin_epoch();
  }
}

Status WindowState::apply(std::span<const std::byte> delta,
                          const std::function<bool(uint64_t)>& wanted) {
  ByteReader reader(delta);
  if (reader.le<uint32_t>() != kMagic) return corrupt("window state: not a delta");
  if (reader.le<uint32_t>() != layout_.state_bytes()) {
    return corrupt("window state: written by other aggregates");
  }
  while (reader.ok() && reader.remaining() > 0) {
    const auto section = reader.le<uint8_t>();
    if (section == kSectionRows) {
      WEIR_TRY(apply_rows(reader, wanted));
    } else if (section == kSectionDropped) {
      slices_.erase(reader.le<int64_t>());
    } else {
      return corrupt("window state: unknown section");
    }
  }
  if (!reader.ok()) return corrupt("window state: a delta ends too early");
  return ok();
}

Status WindowState::apply_rows(ByteReader& reader, const std::function<bool(uint64_t)>& wanted) {
  const auto end_ms = reader.le<int64_t>();
  const auto count = reader.le<uint32_t>();
  const uint32_t width = layout_.state_bytes();
  for (uint32_t i = 0; i < count; ++i) {
    const auto key = reader.bytes(reader.le<uint32_t>());
    const auto state = reader.bytes(width);
    if (!reader.ok()) return corrupt("window state: a row ends too early");
    if (!codec_.is_valid(key)) return corrupt("window state: a key is not one of these columns");
    const uint64_t hash = hash_key(key);
    if (!wanted(hash)) continue;
    std::memcpy(slice(end_ms).find_or_insert(hash, key), state.data(), width);
  }
  return ok();
}

void WindowState::start_chain() {
  dropped_.clear();
  written_.clear();
  for (auto& [end_ms, table] : slices_) table->mark_all_changed();
}

size_t WindowState::footprint() const {
  size_t bytes = 0;
  for (const auto& [end_ms, table] : slices_) bytes += table->footprint();
  return bytes;
}

uint64_t WindowState::rows() const {
  uint64_t rows = 0;
  for (const auto& [end_ms, table] : slices_) rows += table->size();
  return rows;
}

Status seal(int64_t slice_end_ms, const GroupTable& table, uint32_t lanes,
            const std::function<Status(uint32_t lane, SealedPartials partials)>& send) {
  std::vector<SealedPartials> open(lanes);
  const auto hand_over = [&](uint32_t lane) -> Status {
    SealedPartials full = std::exchange(open[lane], SealedPartials());
    full.slice_end_ms = slice_end_ms;
    return send(lane, std::move(full));
  };
  const uint32_t width = table.state_bytes();
  for (uint32_t row = 0; row < table.size(); ++row) {
    const uint64_t hash = table.hash(row);
    const uint32_t lane = lane_of_key_group(key_group_of(hash), lanes);
    SealedPartials& partials = open[lane];
    const auto key = table.key(row);
    const std::byte* state = table.state(row);
    if (partials.keys.offsets.empty()) {
      // As many as come if keys are spread evenly and as long as this one.
      const size_t share = (table.size() - row) / lanes + 1;
      const size_t rows = std::min(share, kSealBytes / (key.size() + width)) + 1;
      partials.keys.offsets.reserve(rows + 1);
      partials.keys.hashes.reserve(rows);
      partials.keys.bytes.reserve(rows * key.size());
      partials.states.reserve(rows * width);
      partials.keys.offsets.push_back(0);
    }
    partials.keys.hashes.push_back(hash);
    partials.keys.bytes.insert(partials.keys.bytes.end(), key.begin(), key.end());
    partials.keys.offsets.push_back(static_cast<uint32_t>(partials.keys.bytes.size()));
    partials.states.insert(partials.states.end(), state, state + width);
    if (partials.keys.bytes.size() + partials.states.size() >= kSealBytes) {
      WEIR_TRY(hand_over(lane));
    }
  }
  for (uint32_t lane = 0; lane < lanes; ++lane) {
    if (open[lane].keys.count() > 0) WEIR_TRY(hand_over(lane));
  }
  return ok();
}

}  // namespace weir::state
