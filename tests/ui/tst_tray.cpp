// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/test_desktop.h"
#include "tests/ui/x_server.h"

#include "gateway/resilience/circuit_breakers.h"

#include <QApplication>
#include <QScreen>
#include <QTest>

#include <cstdio>

using namespace std::chrono_literals;

namespace lunargate::ui {

using test::TrayHost;

/// The desktop app with a real tray, on a real display.
class TrayTest : public QObject
{
    Q_OBJECT

private:
    static constexpr auto kPatience = 10s;

    /// What Qt puts into the tray; null: nothing is there.
    static QWindow *iconWindow()
    {
        for (QWindow *window : QGuiApplication::allWindows()) {
            if (window->objectName().contains(QStringLiteral("QSystemTrayIcon")) && window->isExposed())
                return window;
        }
        return nullptr;
    }

    /// With a window that is closed to the tray, once its icon is seen there. Now and then this tray takes an icon and
    /// never shows it; one that starts anew gets all icons anew.
    static void start(TrayHost &host, test::TestDesktop &test)
    {
        QTRY_VERIFY_WITH_TIMEOUT(Tray::isAvailable(), kPatience);
        test.settings.setClosesToTray(true);
        test.desktop.start();
        const auto isSeen = [&test] { return iconWindow() && drawnPixels(test.desktop.tray()) > 30; };
        for (int again = 0; again < 2 && !QTest::qWaitFor(isSeen, kPatience / 2); ++again) {
            host.restart();
            QTRY_VERIFY_WITH_TIMEOUT(Tray::isAvailable(), kPatience);
        }
        QTRY_VERIFY_WITH_TIMEOUT(isSeen(), kPatience);
    }

    /// What is seen of the icon.
    static QImage picture(const Tray &tray)
    {
        const QRect place = tray.icon().geometry();
        return QGuiApplication::primaryScreen()
            ->grabWindow(0, place.x(), place.y(), place.width(), place.height())
            .toImage();
    }

    /// How many pixels of it differ from its corner.
    static int drawnPixels(const Tray &tray)
    {
        const QImage picture = TrayTest::picture(tray);
        int count = 0;
        for (int y = 0; y < picture.height(); ++y) {
            for (int x = 0; x < picture.width(); ++x)
                count += picture.pixel(x, y) != picture.pixel(0, 0) ? 1 : 0;
        }
        return count;
    }

private Q_SLOTS:
    /// The next test's tray is another one, which Qt must not take for this one.
    void cleanup() { QTRY_VERIFY_WITH_TIMEOUT(!Tray::isAvailable(), kPatience); }

    void iconIsInTheTrayAndOpensTheWindow()
    {
        TrayHost host;
        test::TestDesktop test;
        start(host, test);
        QVERIFY(iconWindow());

        MainWindow &window = test.desktop.window();
        QTRY_VERIFY_WITH_TIMEOUT(window.windowHandle()->isExposed(), kPatience);
        window.close();
        QVERIFY(!window.isVisible());
        QVERIFY(test.desktop.gateway());
        QTest::mouseClick(iconWindow(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(window.isVisible(), kPatience);
    }

    void iconTellsTheState()
    {
        TrayHost host;
        test::TestDesktop test;
        start(host, test);
        QVERIFY(iconWindow());
        const auto seen = [&test] { return picture(test.desktop.tray()); };
        const QImage running = seen();
        test.desktop.watch().setPaused(true);
        QTRY_VERIFY_WITH_TIMEOUT(seen() != running, kPatience);
        test.desktop.watch().setPaused(false);
        QTRY_VERIFY_WITH_TIMEOUT(seen() == running, kPatience);
    }

    void windowServesWhereTheTrayIsGone()
    {
        TrayHost host;
        test::TestDesktop test;
        start(host, test);
        QVERIFY(iconWindow());
        host.stop();
        QTRY_VERIFY_WITH_TIMEOUT(!Tray::isAvailable(), kPatience);
        test.desktop.window().close();
        QVERIFY(test.desktop.window().isVisible()); // it asks, and offers to be minimised
    }

    void windowComesBackWhenTheTrayGoes()
    {
        TrayHost host;
        test::TestDesktop test;
        start(host, test);
        QVERIFY(iconWindow());
        test.desktop.window().close();
        QVERIFY(!test.desktop.window().isVisible());
        host.stop();
        QTRY_VERIFY_WITH_TIMEOUT(test.desktop.window().isVisible(), kPatience);
    }
};

} // namespace lunargate::ui

int main(int argc, char *argv[])
{
    const lunargate::test::XServer server;
    if (!server.isRunning()) {
        std::fprintf(stderr, "%s\n", server.problem().constData());
        return 1;
    }
    qputenv("QT_QPA_PLATFORM", "xcb");
    qunsetenv("DBUS_SESSION_BUS_ADDRESS"); // the tray of the desktop that the tests run on is none of theirs
    QApplication application(argc, argv);
    lunargate::ui::TrayTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_tray.moc"
