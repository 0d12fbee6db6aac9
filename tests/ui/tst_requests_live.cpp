// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/gui_time.h"
#include "tests/ui/test_desktop.h"

#include "gateway/history/history.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::ui;
using namespace std::chrono_literals;

/// The whole window while many requests end.
class RequestsLiveTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { test::failOnOwnWarnings(); }

    void fiveHundredRowsASecondBlockNothing()
    {
        constexpr int kRows = 1500;
        test::TestDesktop test;
        test.desktop.start();
        const RequestsModel &model = test.desktop.requests().model();
        QVERIFY(QTest::qWaitForWindowExposed(&test.desktop.window()));
        test.desktop.gateway()->history().add(test::sampleRecord(0)); // the first one lays the columns out
        QTRY_COMPARE(model.rowCount(), 1);

        const test::BusyTime busy;
        int number = 1;
        QTimer timer;
        connect(&timer, &QTimer::timeout, this, [&] {
            for (int i = 0; i < 10 && number < kRows; ++i)
                test.desktop.gateway()->history().add(test::sampleRecord(number++));
        });
        timer.start(20ms);
        QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), kRows, 60'000);
        qInfo("the longest the window did not look for events: %.2f ms",
              static_cast<double>(busy.longest().count()) / 1e6);
        QVERIFY(busy.longest() < 50ms * test::kSlowdown);
        QVERIFY(busy.longest() > 0ms);
    }
};

QTEST_MAIN(RequestsLiveTest)
#include "tst_requests_live.moc"
