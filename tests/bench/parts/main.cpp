// SPDX-License-Identifier: GPL-3.0-or-later
// Measures the gateway's parts: their time, with Google Benchmark's own options, or for part_counts their instructions.
#include "tests/bench/parts/part.h"

#include <benchmark/benchmark.h>
#include <valgrind/callgrind.h>

#include <algorithm>
#include <cstdio>
#include <span>

namespace {

using namespace lunargate::bench;

constexpr int kWarmUp = 3; // for what is made once: caches, and functions that the linker finds when they are called

int usage()
{
    std::fputs(
        "usage: part_benchmarks [--benchmark_filter=REGEX …]     shows how long the parts take\n"
        "       part_benchmarks --list                           shows their names\n"
        "       part_benchmarks --instructions NAME [--twice]    does one a fixed number of times, for callgrind;\n"
        "                                                        --twice: with twice the work\n",
        stderr);
    return 2;
}

void measureTime(benchmark::State &state, const Part &part)
{
    Part::Work work = part.make();
    if (work() <= 0) {
        state.SkipWithError("it failed");
        return;
    }
    for (auto _ : state) {
        qsizetype made = work();
        benchmark::DoNotOptimize(made);
    }
}

int countInstructions(const Part &part, int workPerIteration)
{
    Part::Work work = part.make();
    bool isDone = true;
    for (int count = 0; count < kWarmUp; ++count)
        isDone = work() > 0 && isDone;
    CALLGRIND_START_INSTRUMENTATION;
    for (int count = 0; count < part.iterations * workPerIteration; ++count)
        isDone = work() > 0 && isDone;
    CALLGRIND_STOP_INSTRUMENTATION;
    if (!isDone) {
        std::fprintf(stderr, "part_benchmarks: %s failed\n", part.name.data());
        return 1;
    }
    std::printf("%d\n", part.iterations);
    return 0;
}

int listParts(const std::vector<Part> &parts)
{
    for (const Part &part : parts)
        std::printf("%s\n", part.name.data());
    return 0;
}

} // namespace

int main(int argc, char *argv[])
{
    const std::vector<Part> parts = allParts();
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    if (!arguments.empty() && arguments[0] == "--list")
        return arguments.size() == 1 ? listParts(parts) : usage();
    if (!arguments.empty() && arguments[0] == "--instructions") {
        const bool isTwice = arguments.size() == 3 && arguments[2] == "--twice";
        const auto part =
            arguments.size() == 2 || isTwice ? std::ranges::find(parts, arguments[1], &Part::name) : parts.end();
        return part != parts.end() ? countInstructions(*part, isTwice ? 2 : 1) : usage();
    }
    for (const Part &part : parts)
        benchmark::RegisterBenchmark(part.name.data(), measureTime, part)->Unit(benchmark::kMicrosecond);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return usage();
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
