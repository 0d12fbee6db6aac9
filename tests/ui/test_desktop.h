// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/fake_keychain.h"
#include "ui/desktop.h"

#include <QTemporaryDir>

namespace lunargate::test {

/// A gateway that answers on any free port, with the simulator as its provider and `sections` in its configuration. The
/// history is in memory.
std::unique_ptr<Gateway> startTestGateway(const QByteArray &sections = {});

/// The `number`-th request, which began so many seconds after 2026-11-28.
HistoryRecord sampleRecord(int number);
/// What was said in a streamed request that used a tool.
std::shared_ptr<const HistoryMessages> sampleMessages();

/// What the editor needs, for `config.yaml` in that folder and `archive` beside it. The variables OPENAI_API_KEY and
/// ANTHROPIC_API_KEY are set, no other.
ui::ConfigAccess testConfigAccess(const QString &folder);

/// As QTest::failOnWarning(), but for what Qt says of its offscreen platform.
void failOnOwnWarnings();

/// The desktop app with settings of its own, which are gone afterwards.
class TestDesktop
{
public:
    /// Without a `setup` there are no first steps.
    explicit TestDesktop(ui::StartGateway start = startsAtOnce(), ui::SetupOptions setup = {});

    static ui::StartGateway startsAtOnce();

    QTemporaryDir folder;
    ui::Settings settings{folder.filePath(QStringLiteral("desktop.ini"))};
    FakeKeychain keychain;
    std::vector<KeyUse> keyUses; ///< what the configuration would refer to; while nobody asks the keychain
    ui::Desktop desktop;
};

} // namespace lunargate::test
