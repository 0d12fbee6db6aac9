// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include <QLabel>
#include <QTest>

using lunargate::ui::MainWindow;

class TestMainWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        // Qt's offscreen platform says so for every window.
        QTest::ignoreMessage(QtWarningMsg, "This plugin does not support propagateSizeHints()");
    }

    void showsTheAddressAsPlainText()
    {
        MainWindow window(QStringLiteral("http://127.0.0.1:8080/v1<b>"));
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QCOMPARE(window.windowTitle(), QStringLiteral("LunarGate"));
        const auto *label = qobject_cast<QLabel *>(window.centralWidget());
        QVERIFY(label);
        QCOMPARE(label->textFormat(), Qt::PlainText);
        QVERIFY2(label->text().contains(QStringLiteral("http://127.0.0.1:8080/v1<b>")), qPrintable(label->text()));
        const QImage image = window.grab().toImage();
        QVERIFY(!image.isNull());
        if (const QString path = qEnvironmentVariable("LUNARGATE_SCREENSHOT"); !path.isEmpty())
            QVERIFY(image.save(path));
    }
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
