// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/header_list.h"

#include <QByteArray>

// What the tests of kept responses ask and are answered.
namespace lunargate::test {

inline const QByteArray kNativeAnswer =
    R"({"id":"resp_up","object":"response","created_at":1780000005,"status":"completed","model":"fake-model","output":[)"
    R"({"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Done.","annotations":[]}]}],)"
    R"("usage":{"input_tokens":30,"output_tokens":12,"total_tokens":42}})";

/// A configuration's `security`, with the keys of two callers.
inline const QByteArray kTwoKeys = "security:\n"
                                   "  enabled: true\n"
                                   "  provider: api_key\n"
                                   "  api_key:\n"
                                   "    keys:\n"
                                   "      - name: ann\n"
                                   "        value: key-of-ann\n"
                                   "      - name: bob\n"
                                   "        value: key-of-bob\n";
inline const HeaderList kAnn = {{"Authorization", "Bearer key-of-ann"}};
inline const HeaderList kBob = {{"Authorization", "Bearer key-of-bob"}};

inline QByteArray body(const QByteArray &input, const QByteArray &more = {})
{
    return R"({"model":"fake-model","input":")" + input + "\"" + more + '}';
}

/// The configuration whose target speaks the Responses protocol.
inline QByteArray asNative(QByteArray yaml)
{
    return yaml.replace("- provider: fake\n", "- provider: fake\n          upstream_request_type: responses\n");
}

} // namespace lunargate::test
