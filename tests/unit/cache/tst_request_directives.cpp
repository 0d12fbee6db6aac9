// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/request_directives.h"

#include <QTest>

namespace lunargate {

class RequestDirectivesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsWhatTheClientAllows_data()
    {
        QTest::addColumn<HeaderList>("headers");
        QTest::addColumn<bool>("mayAnswer");
        QTest::addColumn<bool>("mayKeep");
        const auto row = [](const char *name, HeaderList headers, bool mayAnswer, bool mayKeep) {
            QTest::newRow(name) << std::move(headers) << mayAnswer << mayKeep;
        };
        row("nothing said", {{"Accept", "*/*"}}, true, true);
        row("no-cache", {{"Cache-Control", "no-cache"}}, false, true);
        row("no-store", {{"Cache-Control", "no-store"}}, false, false);
        row("no-store after no-cache", {{"cache-control", "no-cache, no-store"}}, false, false);
        row("no-cache after no-store", {{"cache-control", "no-store,no-cache"}}, false, false);
        row("capitals and spaces", {{"CACHE-CONTROL", " foo=1 ,  No-Cache "}}, false, true);
        row("two fields", {{"Cache-Control", "no-cache"}, {"Cache-Control", "no-store"}}, false, false);
        row("as browsers say no-cache", {{"Cache-Control", "max-age=0"}}, false, true);
        row("other directives", {{"Cache-Control", "max-age=60, no-transform, no-cachet"}}, true, true);
        row("ours", {{"X-LunarGate-No-Cache", "true"}}, false, false);
        row("ours in capitals", {{"x-lunargate-no-cache", "True"}}, false, false);
        row("ours says no", {{"X-LunarGate-No-Cache", "false"}}, true, true);
        row("ours says nothing", {{"X-LunarGate-No-Cache", ""}}, true, true);
        row("ours wins", {{"Cache-Control", "no-cache"}, {"X-LunarGate-No-Cache", "true"}}, false, false);
    }
    void readsWhatTheClientAllows()
    {
        QFETCH(const HeaderList, headers);
        QFETCH(const bool, mayAnswer);
        QFETCH(const bool, mayKeep);
        const CacheDirectives directives = cacheDirectives(headers);
        QCOMPARE(directives.mayAnswer, mayAnswer);
        QCOMPARE(directives.mayKeep, mayKeep);
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::RequestDirectivesTest)
#include "tst_request_directives.moc"
