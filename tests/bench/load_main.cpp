// SPDX-License-Identifier: GPL-3.0-or-later
// bench_load: sends a body file to a gateway (without --body: asks for --path by GET), checks every answer (a stream in
// the protocol of --path), prints
// figures as JSON (times in microseconds).
// Exit status 1 if a request failed.
#include "tests/bench/arguments.h"
#include "tests/bench/load_generator.h"
#include "tests/bench/socket.h"

#include <cstdio>
#include <fstream>
#include <iterator>

namespace {

using namespace lunargate::bench;
using std::chrono::milliseconds;

int fail(const std::string &why)
{
    std::fprintf(stderr, "bench_load: %s\n", why.c_str());
    return 2;
}

} // namespace

int main(int argc, char *argv[])
{
    const auto arguments =
        Arguments::read(std::span(argv, static_cast<std::size_t>(argc)), {{"port", ""},
                                                                          {"path", "/v1/chat/completions"},
                                                                          {"body", ""},
                                                                          {"connections", "1"},
                                                                          {"requests", "0"},
                                                                          {"milliseconds", "0"},
                                                                          {"ramp-ms", "0"},
                                                                          {"patience-ms", "10000"},
                                                                          {"stream-chunks", "0"},
                                                                          {"varied", "0"}});
    if (!arguments)
        return fail(arguments.error());

    LoadOptions options{.port = static_cast<std::uint16_t>(arguments->number("port")),
                        .path = arguments->text("path"),
                        .body = {},
                        .connections = static_cast<int>(arguments->number("connections")),
                        .requests = static_cast<std::uint64_t>(arguments->number("requests")),
                        .duration = milliseconds(arguments->number("milliseconds")),
                        .ramp = milliseconds(arguments->number("ramp-ms")),
                        .patience = milliseconds(arguments->number("patience-ms")),
                        .streamChunks = {},
                        .streamAs = {},
                        .isVaried = arguments->number("varied") != 0};
    if (const auto chunks = static_cast<int>(arguments->number("stream-chunks")); chunks > 0)
        options.streamChunks = chunks;
    if (options.requests == 0 && options.duration == milliseconds(0))
        return fail("--requests or --milliseconds is needed");

    if (!arguments->text("body").empty()) {
        std::ifstream file(arguments->text("body"), std::ios::binary);
        if (!file)
            return fail("cannot read the file of --body");
        options.body.assign(std::istreambuf_iterator<char>(file), {});
    }
    if (options.isVaried && !options.body.contains(kVariedDigits))
        return fail("a varied body needs the digits " + std::string(kVariedDigits));

    raiseDescriptorLimit();
    LoadResult result = LoadGenerator(std::move(options)).run();
    std::printf("%s\n", result.toJson().c_str());
    return result.failed == 0 && result.completed > 0 ? 0 : 1;
}
