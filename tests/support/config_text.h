// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/fake_upstream.h"

#include <QByteArray>

namespace lunargate::test {

/// The API key of the provider in simpleConfig().
inline constexpr const char *kProviderKey = "sk-canary-9f3a71c2d8e4";

/// What a test wants different from the plain configuration below.
struct ConfigChanges
{
    QByteArray provider = {}; ///< more keys of the provider, for example `timeout: 1s`; lines by \n
    QByteArray server = {};   ///< keys of `server`
    QByteArray sections = {}; ///< more top-level sections
    QByteArray retry = "initial_delay: 1ms\nmax_delay: 5ms"; ///< short, as tests wait for retries
};

/// One route `default` to one OpenAI-type provider `fake` (default model `fake-model`), which is `upstream`. The
/// environment variable LUNARGATE_TEST_TRANSPORT says how it is reached (`upstream.transport`).
QByteArray simpleConfig(const FakeUpstream &upstream, const ConfigChanges &changes = {});

/// `text` with every line indented.
QByteArray indented(const QByteArray &text, int spaces);

} // namespace lunargate::test
