#include "checkpoint/job.h"

#include <gtest/gtest.h>

#include <set>

#include "base/thread.h"
#include "checkpoint/forgetful_env.h"
#include "checkpoint/scripted_job.h"

namespace weir::checkpoint {
namespace {

exec::JobSettings settings_for(uint32_t lanes) {
  exec::JobSettings settings;
  settings.job_name = "scripted";
  settings.parallelism = lanes;
  settings.batch_rows = 16;
  settings.checkpoint_interval_ms = 5;
  settings.queue_messages = 4;
  settings.queue_bytes_per_lane = 4096;
  return settings;
}

// A world that jobs come and go in.
class World {
 public:
  explicit World(uint64_t seed, Script script = {})
      : random(seed), env(seed), script_(script), factory(env, script_) {}

  Result<std::unique_ptr<Job>> start(uint32_t lanes, bool accept_duplicates = false) {
    JobOptions options;
    options.folder = "/job";
    options.threads = false;
    options.accept_duplicates = accept_duplicates;
    options.random_seed = 1 + random.below(1000000);
    return Job::start(scripted_plan(), factory, settings_for(lanes), options, context);
  }

  // At most `steps` steps; the clock moves by a millisecond each.
  void run(Job& job, uint64_t steps) {
    for (uint64_t i = 0; i < steps && !job.ended(); ++i) {
      job.step();
      clock.advance_ns(1'000'000);
    }
  }

  using Lines = std::map<std::string, std::map<std::string, int>>;
  Lines lines() {
    Lines out;
    for (const auto& [name, table] : factory.tables) out[name] = table.lines();
    return out;
  }

  Random random;
  ForgetfulEnv env;
  ManualClock clock{1'000'000};
  Metrics metrics;
  Context context{env, clock, silent_logger(), metrics};

 private:
  Script script_;

 public:
  ScriptedFactory factory;
};

constexpr uint64_t kStepsMax = 20'000;

// Without a crash, on one lane.
const World::Lines& expected() {
  static const World::Lines lines = [] {
    World world(1);
    auto job = world.start(1);
    EXPECT_TRUE(job.has_value());
    world.run(**job, kStepsMax);
    EXPECT_EQ((*job)->status().state, JobState::kFinished);
    return world.lines();
  }();
  return lines;
}

TEST(Job, CountsWhatTheScriptSays) {
  const auto& lines = expected();
  const Script script;
  EXPECT_EQ(lines.at("raw").size() > 0, true);
  int rows = 0;
  for (const auto& [line, count] : lines.at("raw")) rows += count;
  EXPECT_EQ(rows, static_cast<int>(script.splits * script.rows));
  int64_t counted = 0;
  for (const auto& [line, count] : lines.at("windows")) {
    EXPECT_EQ(count, 1) << "a window fired twice: " << line;
    counted += std::stoll(line.substr(line.find(',') + 1));
  }
  EXPECT_EQ(counted, rows) << "every row is in exactly one window";
  int both = 0;
  for (const auto& [line, count] : lines.at("both")) both += count;
  EXPECT_EQ(both, rows + static_cast<int>(lines.at("windows").size()));
}

TEST(Job, ParallelismChangesNothing) {
  for (const uint32_t lanes : {2U, 3U, 5U, 8U}) {
    World world(lanes);
    auto job = world.start(lanes);
    ASSERT_TRUE(job.has_value());
    world.run(**job, kStepsMax);
    EXPECT_EQ((*job)->status().state, JobState::kFinished);
    EXPECT_EQ(world.lines(), expected()) << lanes << " lanes";
  }
}

// How many histories a test tries, of up to 60. Sanitizers make each an order of magnitude dearer.
uint64_t histories() {
  const char* text = std::getenv("WEIR_TEST_HISTORIES");
  return text == nullptr ? 60 : std::clamp<uint64_t>(std::strtoull(text, nullptr, 10), 1, 60);
}

// Crashes at random moments, comes back at another parallelism, loses what was not synced, and
// meets sinks that are away: the result is that of the run without a failure.
TEST(Job, CrashesAndRescalesChangeNothing) {
  uint64_t crashes = 0;
  for (uint64_t seed = 1; seed <= histories(); ++seed) {
    World world(seed);
    bool finished = false;
    for (int run = 0; run < 200 && !finished; ++run) {
      const auto lanes = static_cast<uint32_t>(1 + world.random.below(4));
      auto job = world.start(lanes);
      ASSERT_TRUE(job.has_value()) << job.error().to_string();
      if (world.random.one_in(3)) world.env.fail_after(1 + world.random.below(60));
      if (world.random.one_in(4)) world.factory.tables["raw"].refuse(3);
      world.run(**job, 1 + world.random.below(run < 15 ? 60 : kStepsMax));
      finished = (*job)->status().state == JobState::kFinished;
      job->reset();
      if (!finished) {
        ++crashes;
        world.env.crash();
      }
    }
    ASSERT_TRUE(finished);
    ASSERT_EQ(world.lines(), expected()) << "seed " << seed;
  }
  EXPECT_GT(crashes, 5 * histories());
}

TEST(Job, ACrashAtEveryStepChangesNothing) {
  for (uint64_t steps = 1; steps < 60; steps += 60 / histories()) {
    World world(steps);
    auto first = world.start(1);
    ASSERT_TRUE(first.has_value());
    world.run(**first, steps);
    first->reset();
    world.env.crash();
    auto second = world.start(3);
    ASSERT_TRUE(second.has_value()) << second.error().to_string();
    world.run(**second, kStepsMax);
    ASSERT_EQ((*second)->status().state, JobState::kFinished);
    ASSERT_EQ(world.lines(), expected()) << "after " << steps << " steps";
  }
}

TEST(Job, AStopTakesALastCheckpointAndTheNextStartGoesOn) {
  World world(7);
  auto first = world.start(2);
  ASSERT_TRUE(first.has_value());
  world.run(**first, 10);
  (*first)->request_stop();
  world.run(**first, kStepsMax);
  EXPECT_EQ((*first)->status().state, JobState::kStopped);
  EXPECT_EQ((*first)->status().checkpoint.undelivered_outputs, 0U);
  first->reset();
  auto second = world.start(2);
  ASSERT_TRUE(second.has_value());
  EXPECT_GT((*second)->status().checkpoint.restored_epoch, 0U);
  world.run(**second, kStepsMax);
  EXPECT_EQ(world.lines(), expected());
  for (const auto& [name, table] : world.factory.tables) EXPECT_EQ(table.repeated(), 0) << name;
}

TEST(Job, ASinkThatIsAwayPausesTheSourcesAndLosesNothing) {
  World world(3);
  auto settings = settings_for(1);
  settings.undelivered_epochs_max = 4;
  JobOptions options;
  options.folder = "/job";
  options.threads = false;
  world.factory.tables["windows"].refuse(1'000'000);
  auto job = Job::start(scripted_plan(), world.factory, settings, options, world.context);
  ASSERT_TRUE(job.has_value());
  bool paused = false;
  for (int i = 0; i < 400 && !paused; ++i) {
    world.run(**job, 1);
    paused = (*job)->status().checkpoint.sources_paused;
  }
  EXPECT_TRUE(paused);
  const auto status = (*job)->status();
  ASSERT_EQ(status.troubles.size(), 1U);
  EXPECT_EQ(status.troubles[0].sink_id, "sink windows");
  world.factory.tables["windows"].refuse(0);
  world.run(**job, kStepsMax);
  EXPECT_EQ((*job)->status().state, JobState::kFinished);
  EXPECT_EQ(world.lines(), expected());
}

// Savepoint, run on, restore it elsewhere: the sets are equal, and no delivery of the second run
// is taken for one of the first.
TEST(Job, ASavepointIsWholeAndBeginsANewRun) {
  World world(21);
  auto first = world.start(2);
  ASSERT_TRUE(first.has_value());
  world.run(**first, 12);
  std::optional<Status> taken;
  (*first)->request_savepoint("/saved", [&taken](Status status) { taken = std::move(status); });
  world.run(**first, kStepsMax);
  ASSERT_TRUE(taken.has_value());
  ASSERT_TRUE(taken->has_value()) << taken->error().to_string();
  const std::string first_run = (*first)->status().run_id;
  EXPECT_EQ(world.lines(), expected());
  first->reset();
  const auto before = world.lines();
  JobOptions options;
  options.folder = "/other";
  options.savepoint = "/saved";
  options.threads = false;
  options.random_seed = 99;
  for (auto& [name, table] : world.factory.tables) EXPECT_EQ(table.repeated(), 0);
  auto second = Job::start(scripted_plan(), world.factory, settings_for(3), options, world.context);
  ASSERT_TRUE(second.has_value()) << second.error().to_string();
  EXPECT_NE((*second)->status().run_id, first_run);
  world.run(**second, kStepsMax);
  EXPECT_EQ((*second)->status().state, JobState::kFinished);
  // What came behind the savepoint is there a second time, the rest once; nothing was swallowed.
  auto lines = world.lines();
  int repeated = 0;
  for (const auto& [table, rows] : expected()) {
    for (const auto& [line, count] : rows) {
      EXPECT_GE(lines[table][line], count) << line;
      EXPECT_LE(lines[table][line], 2 * count) << line;
      repeated += lines[table][line] - count;
    }
  }
  EXPECT_GT(repeated, 100);
  // Once there are checkpoints, the savepoint would hide them.
  second->reset();
  auto third = Job::start(scripted_plan(), world.factory, settings_for(3), options, world.context);
  ASSERT_FALSE(third.has_value());
  EXPECT_EQ(third.error().code(), ErrorCode::kExists);
}

std::string newest_manifest(World& world) {
  std::string newest;
  for (const auto& path : world.env.paths()) {
    if (path.ends_with(".manifest")) newest = std::max(newest, path);
  }
  return newest;
}

TEST(Job, ADamagedNewestCheckpointStopsTheStartUnlessDuplicatesAreAccepted) {
  World world(9);
  auto first = world.start(1);
  ASSERT_TRUE(first.has_value());
  world.run(**first, 40);
  const std::string run_id = (*first)->status().run_id;
  const uint64_t epoch = (*first)->status().checkpoint.last_epoch;
  ASSERT_GT(epoch, 2U);
  first->reset();
  world.env.flip(newest_manifest(world), 100);
  auto refused = world.start(1);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kCorrupt);
  EXPECT_NE(refused.error().hint().find("--accept-duplicates"), std::string::npos);
  auto second = world.start(1, true);
  ASSERT_TRUE(second.has_value()) << second.error().to_string();
  EXPECT_EQ((*second)->status().checkpoint.restored_epoch, epoch - 1);
  EXPECT_NE((*second)->status().run_id, run_id) << "epoch numbers repeat, run ids must not";
  // A crash before the first epoch of the new run must not bring the old run id back.
  const std::string new_run = (*second)->status().run_id;
  second->reset();
  world.env.crash();
  second = world.start(1);
  ASSERT_TRUE(second.has_value()) << second.error().to_string();
  EXPECT_EQ((*second)->status().run_id, new_run);
  world.run(**second, kStepsMax);
  EXPECT_EQ((*second)->status().state, JobState::kFinished);
  // Nothing is lost; rows of the damaged epoch may be there twice.
  auto lines = world.lines();
  for (const auto& [table, rows] : expected()) {
    for (const auto& [line, count] : rows) EXPECT_GE(lines[table][line], count) << line;
  }
}

TEST(Job, GoingBackIsUnderANewRunWhereverItCrashes) {
  for (uint64_t call = 1; call < 12; ++call) {
    World world(9);
    auto first = world.start(1);
    ASSERT_TRUE(first.has_value());
    world.run(**first, 40);
    const std::string run_id = (*first)->status().run_id;
    first->reset();
    world.env.flip(newest_manifest(world), 100);
    world.env.fail_after(call);
    (void)world.start(1, true).has_value();
    world.env.crash();
    auto second = world.start(1);
    if (!second) {
      EXPECT_EQ(second.error().code(), ErrorCode::kCorrupt);
      second = world.start(1, true);
    }
    ASSERT_TRUE(second.has_value()) << second.error().to_string();
    EXPECT_NE((*second)->status().run_id, run_id) << "the call that failed: " << call;
  }
}

TEST(Job, ADamagedStateFileIsFoundBeforeAnythingRuns) {
  World world(10);
  auto first = world.start(1);
  ASSERT_TRUE(first.has_value());
  world.run(**first, 40);
  first->reset();
  for (const auto& path : world.env.paths()) {
    if (path.ends_with(".state")) world.env.flip(path, 9);
  }
  auto refused = world.start(1);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kCorrupt);
}

TEST(Job, StateOfAnOperatorThatTheSqlHasNoMoreIsNamed) {
  World world(14);
  auto first = world.start(1);
  ASSERT_TRUE(first.has_value());
  world.run(**first, 20);
  first->reset();
  JobOptions options;
  options.folder = "/job";
  options.threads = false;
  auto second =
      Job::start(scripted_plan(500), world.factory, settings_for(1), options, world.context);
  ASSERT_TRUE(second.has_value());
  EXPECT_FALSE((*second)->status().dropped_state.empty());
  for (const auto& id : (*second)->status().dropped_state) {
    EXPECT_TRUE(id.starts_with("window 1000/")) << id;
  }
  world.run(**second, kStepsMax);
  EXPECT_EQ((*second)->status().state, JobState::kFinished);
}

TEST(Job, TwoOfTheSameOnOneFolderAreRefused) {
  World world(11);
  auto first = world.start(1);
  ASSERT_TRUE(first.has_value());
  auto second = world.start(1);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code(), ErrorCode::kUnavailable);
}

TEST(Job, OldFilesAreRemoved) {
  World world(12);
  auto job = world.start(2);
  ASSERT_TRUE(job.has_value());
  world.run(**job, kStepsMax);
  int manifests = 0;
  int outputs = 0;
  for (const auto& path : world.env.paths()) {
    manifests += path.ends_with(".manifest") ? 1 : 0;
    outputs += path.ends_with(".out") ? 1 : 0;
  }
  EXPECT_GT((*job)->status().checkpoint.completed, 5U);
  EXPECT_EQ(manifests, 2);
  EXPECT_LE(outputs, 4) << "delivered output goes when no kept manifest names it";
}

TEST(Job, WithThreadsTheResultIsTheSame) {
  Script script;
  ForgetfulEnv env(1);
  Metrics metrics;
  Context context{env, system_clock(), silent_logger(), metrics};
  ScriptedFactory factory(env, script);
  JobOptions options;
  options.folder = "/job";
  auto job = Job::start(scripted_plan(), factory, settings_for(3), options, context);
  ASSERT_TRUE(job.has_value());
  const Status ended = (*job)->wait();
  EXPECT_TRUE(ended.has_value());
  EXPECT_EQ((*job)->status().state, JobState::kFinished);
  for (const auto& [name, lines] : expected()) {
    EXPECT_EQ(factory.tables[name].lines(), lines) << name;
  }
}

TEST(Job, AnUnboundedJobThatIsStoppedWithThreadsEnds) {
  Script script;
  script.bounded = false;
  ForgetfulEnv env(1);
  Metrics metrics;
  Context context{env, system_clock(), silent_logger(), metrics};
  ScriptedFactory factory(env, script);
  JobOptions options;
  options.folder = "/job";
  auto job = Job::start(scripted_plan(), factory, settings_for(2), options, context);
  ASSERT_TRUE(job.has_value());
  EXPECT_FALSE((*job)->wait_for(30));
  (*job)->request_stop();
  EXPECT_TRUE((*job)->wait().has_value());
  EXPECT_EQ((*job)->status().state, JobState::kStopped);
}

TEST(Job, EverySavepointThatIsAskedForIsAnswered) {
  World world(30, {.rows = 100'000, .bounded = false});
  auto job = world.start(2);
  ASSERT_TRUE(job.has_value());
  world.run(**job, 50);
  std::vector<Status> answers;
  const auto answer = [&answers](Status status) { answers.push_back(std::move(status)); };
  // Two at once, of which the second finds a savepoint in its folder; the disk fails the third.
  (*job)->request_savepoint("/saved", answer);
  (*job)->request_savepoint("/saved", answer);
  world.run(**job, 200);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_TRUE(answers[0].has_value());
  EXPECT_FALSE(answers[1].has_value());
  world.env.fail_after(1);
  (*job)->request_savepoint("/other", answer);
  world.run(**job, 200);
  ASSERT_TRUE((*job)->ended());
  (*job)->request_savepoint("/late", answer);
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_EQ(answers[2].error().code(), ErrorCode::kCancelled);
  EXPECT_EQ(answers[3].error().code(), ErrorCode::kCancelled);
}

TEST(Job, ADiskThatFailsEndsTheJobWithItsError) {
  World world(13);
  auto job = world.start(1);
  ASSERT_TRUE(job.has_value());
  world.env.fail_after(5);
  world.run(**job, kStepsMax);
  EXPECT_EQ((*job)->status().state, JobState::kFailed);
  ASSERT_TRUE((*job)->status().error.has_value());
  EXPECT_EQ((*job)->status().error->code(), ErrorCode::kIo);
}

}  // namespace
}  // namespace weir::checkpoint
