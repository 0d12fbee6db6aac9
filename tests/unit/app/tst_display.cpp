// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/display.h"

#include <QTest>

#include <csignal>

#include <sys/time.h>

namespace {

/// On the offscreen platform, while signals come again and again.
bool hasDisplayAmongSignals(int argc, char *argv[])
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    qputenv("DISPLAY", ":9999");
    struct sigaction action = {};
    action.sa_handler = [](int) {};
    ::sigaction(SIGALRM, &action, nullptr);
    // Rarely enough for a fork() in between.
    const itimerval often{.it_interval = {.tv_sec = 0, .tv_usec = 20'000}, .it_value = {.tv_sec = 0, .tv_usec = 2'000}};
    ::setitimer(ITIMER_REAL, &often, nullptr);
    const bool hasDisplay = lunargate::hasDisplay(argc, argv);
    const itimerval never = {};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    return hasDisplay;
}

} // namespace

class DisplayTest : public QObject
{
    Q_OBJECT

public:
    explicit DisplayTest(bool hasDisplay) : m_hasDisplay(hasDisplay) {}

private Q_SLOTS:
    void signalsDoNotHideTheDisplay() { QVERIFY(m_hasDisplay); }

private:
    const bool m_hasDisplay;
};

int main(int argc, char *argv[])
{
    DisplayTest test(hasDisplayAmongSignals(argc, argv)); // before there are threads
    return QTest::qExec(&test, argc, argv);
}

#include "tst_display.moc"
