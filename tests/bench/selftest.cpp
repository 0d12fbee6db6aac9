// SPDX-License-Identifier: GPL-3.0-or-later
// The load generator against the fake upstream, without a gateway: sound answers pass, and each fault is noticed.
#include "tests/bench/fake_upstream.h"
#include "tests/bench/load_generator.h"

#include <cstdio>
#include <string>
#include <thread>

namespace {

using namespace lunargate::bench;
using namespace std::chrono_literals;

constexpr int chunks = 8;
int failures = 0;

void expect(bool isTrue, const std::string &claim)
{
    std::printf("%s  %s\n", isTrue ? "ok  " : "FAIL", claim.c_str());
    failures += !isTrue;
}

/// An upstream in a thread of its own.
class RunningUpstream
{
public:
    explicit RunningUpstream(Fault fault)
        : m_upstream(FakeUpstream::listen({.port = 0, .chunks = chunks, .delay = 2ms, .fault = fault}).value()),
          m_thread([this] { m_upstream->run(); })
    {
    }
    ~RunningUpstream() { end(); }

    std::uint16_t port() const { return m_upstream->port(); }
    const UpstreamCounts &end()
    {
        m_upstream->stop();
        if (m_thread.joinable())
            m_thread.join();
        return m_upstream->counts();
    }

private:
    std::unique_ptr<FakeUpstream> m_upstream;
    std::thread m_thread;
};

std::string plainBody(std::size_t padding)
{
    return R"({"model":"bench-model","messages":[{"role":"user","content":")" + std::string(padding, 'x') + R"("}]})";
}

LoadOptions plainLoad(std::uint16_t port)
{
    LoadOptions options;
    options.port = port;
    options.body = plainBody(100);
    options.connections = 4;
    options.requests = 200;
    options.patience = 300ms;
    return options;
}

LoadOptions streamLoad(std::uint16_t port)
{
    LoadOptions options = plainLoad(port);
    options.body = R"({"stream":true,"model":"bench-model","messages":[]})";
    options.requests = 12;
    options.streamChunks = chunks;
    return options;
}

void soundAnswersPass()
{
    RunningUpstream upstream(Fault::None);
    LoadResult plain = LoadGenerator(plainLoad(upstream.port())).run();
    expect(plain.completed == 200 && plain.failed == 0 && plain.latency.count() == 200, "200 completions are accepted");
    expect(plain.connects == 4, "completions share four connections");

    LoadOptions large = plainLoad(upstream.port());
    large.body = plainBody(512 * 1024);
    large.requests = 8;
    expect(LoadGenerator(large).run().completed == 8, "512 KiB requests are accepted");

    LoadResult streams = LoadGenerator(streamLoad(upstream.port())).run();
    expect(streams.completed == 12 && streams.failed == 0, "12 streams are accepted");
    expect(streams.chunks == 12 * chunks && streams.transit.count() == streams.chunks, "every chunk is timed");
    expect(streams.peakStreams == 4, "four streams run at a time");
    expect(streams.latency.percentile(0) >= (chunks - 1) * 2ms, "chunks keep their distance");
    expect(streams.transit.percentile(0) > 0ns && streams.transit.percentile(1) < 1s, "transit times are plausible");

    const UpstreamCounts &counts = upstream.end();
    expect(counts.completions == 208 && counts.streams == 12 && counts.refused == 0, "the upstream counts the same");
    expect(counts.smallestBody < 1024 && counts.largestBody > 512 * 1024, "the upstream read whole bodies");
}

void faultIsNoticed(Fault fault, bool isStream, const std::string &problem)
{
    RunningUpstream upstream(fault);
    LoadOptions options = isStream ? streamLoad(upstream.port()) : plainLoad(upstream.port());
    options.connections = 1;
    const LoadResult result = LoadGenerator(options).run();
    const std::string seen = result.problems.empty() ? "nothing" : result.problems.begin()->first;
    expect(result.completed == 0 && result.failed == 1 && seen == problem,
           std::string(isStream ? "stream: " : "completion: ") + problem +
               (seen == problem ? "" : ", but seen: " + seen));
}

void percentilesAreExact()
{
    Samples samples;
    for (int i = 100; i >= 1; --i)
        samples.add(std::chrono::nanoseconds(i));
    expect(samples.percentile(0.5) == 50ns && samples.percentile(0.99) == 99ns && samples.percentile(1) == 100ns,
           "percentiles are exact");
}

} // namespace

int main()
{
    percentilesAreExact();
    soundAnswersPass();
    faultIsNoticed(Fault::Status, false, "status 500");
    faultIsNoticed(Fault::Corrupt, false, "a completion with changed text");
    faultIsNoticed(Fault::Cut, false, "connection closed before the end of the answer");
    faultIsNoticed(Fault::Status, true, "status 500");
    faultIsNoticed(Fault::Corrupt, true, "a chunk with changed text");
    faultIsNoticed(Fault::Reorder, true, "a chunk missing or early");
    faultIsNoticed(Fault::Duplicate, true, "a chunk twice or late");
    faultIsNoticed(Fault::Short, true, "chunks missing at the end");
    faultIsNoticed(Fault::MissingDone, true, "no [DONE]");
    faultIsNoticed(Fault::Cut, true, "connection closed before the end of the answer");
    faultIsNoticed(Fault::Stall, true, "no progress any more");
    return failures == 0 ? 0 : 1;
}
