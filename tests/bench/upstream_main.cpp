// SPDX-License-Identifier: GPL-3.0-or-later
// bench_upstream: a fake provider. Prints "listening PORT", serves until SIGTERM or SIGINT, then prints its counts as
// JSON.
#include "tests/bench/arguments.h"
#include "tests/bench/fake_upstream.h"

#include <csignal>
#include <cstdio>
#include <string>

namespace {

using namespace lunargate::bench;

FakeUpstream *running = nullptr; // for the signal handler

int fail(const std::string &why)
{
    std::fprintf(stderr, "bench_upstream: %s\n", why.c_str());
    return 2;
}

} // namespace

int main(int argc, char *argv[])
{
    const auto arguments = Arguments::read(std::span(argv, static_cast<std::size_t>(argc)),
                                           {{"port", "0"}, {"chunks", "50"}, {"delay-ms", "20"}, {"fault", "none"}});
    if (!arguments)
        return fail(arguments.error());
    const std::optional<Fault> fault = faultFromName(arguments->text("fault"));
    if (!fault)
        return fail("unknown fault");

    raiseDescriptorLimit();
    const auto upstream = FakeUpstream::listen({.port = static_cast<std::uint16_t>(arguments->number("port")),
                                                .chunks = static_cast<int>(arguments->number("chunks")),
                                                .delay = std::chrono::milliseconds(arguments->number("delay-ms")),
                                                .fault = *fault});
    if (!upstream)
        return fail(upstream.error());
    running = upstream->get();
    for (const int number : {SIGINT, SIGTERM})
        std::signal(number, [](int) { running->stop(); });

    std::printf("listening %u\n", (*upstream)->port());
    std::fflush(stdout);
    (*upstream)->run();

    std::printf("%s\n", (*upstream)->counts().toJson().c_str());
    return 0;
}
