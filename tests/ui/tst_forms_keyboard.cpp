// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/keyboard.h"
#include "tests/ui/test_desktop.h"

#include "ui/forms/form_dialog.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace lunargate::ui;
using namespace Qt::StringLiterals;

/// The forms without a mouse, from the command that opens one to the text that it changes.
class FormsKeyboardTest : public QObject
{
    Q_OBJECT

private:
    QString text() const { return m_test->desktop.configPage().text(); }
    FormDialog *dialog() const { return m_test->desktop.window().findChild<FormDialog *>(); }

    void open(const QString &command, const QString &firstField)
    {
        QVERIFY(runCommand(m_test->desktop.window(), command));
        QTRY_VERIFY(dialog());
        QVERIFY(QTest::qWaitForWindowActive(dialog()));
        QCOMPARE(focusedName(), firstField);
        QCOMPARE(problemOfTabbing(), QString());
    }

    /// From any field.
    void apply()
    {
        const auto buttons = dialog()->findChildren<QPushButton *>();
        const auto apply = std::ranges::find_if(buttons, &QPushButton::isDefault);
        QVERIFY(apply != buttons.end());
        QTRY_VERIFY((*apply)->isEnabled());
        press(Qt::Key_Return);
        QTRY_VERIFY(!dialog());
    }

    static QStringList namesOfNext(int count)
    {
        QStringList names;
        for (int tabs = 0; tabs < count; ++tabs) {
            press(Qt::Key_Tab);
            names.append(focusedName());
        }
        return names;
    }

private Q_SLOTS:
    void init()
    {
        failOnOwnWarnings();
        m_test = std::make_unique<TestDesktop>();
        m_test->desktop.start();
        QVERIFY(activate(m_test->desktop.window()));
    }

    void cleanup() { m_test.reset(); }

    void aProviderIsAdded()
    {
        open(u"Add a provider"_s, u"Service"_s);
        type(u"ollama"_s);
        press(Qt::Key_Tab);
        QCOMPARE(focusedName(), u"Name"_s);
        type(u"box"_s);
        apply();
        QVERIFY2(text().contains(u"  box: {type: ollama}\n"_s), qPrintable(text()));
    }

    void aRouteIsAdded()
    {
        open(u"Add a route"_s, u"Name"_s);
        type(u"blue"_s);
        QVERIFY(tabTo(u"Model is"_s));
        type(u"gpt-4o"_s);
        QVERIFY(tabTo(u"Value of the header"_s));
        QCOMPARE(namesOfNext(1), QStringList{u"Provider of target 1"_s});
        press(Qt::Key_Down);
        QCOMPARE(namesOfNext(1), QStringList{u"Model of target 1"_s});
        type(u"m-1"_s);
        QCOMPARE(namesOfNext(1), QStringList{u"Weight of target 1"_s});
        type(u"2"_s);
        QCOMPARE(namesOfNext(2), (QStringList{u"Add a target"_s, u"Add a fallback"_s}));
        press(Qt::Key_Space);
        QCOMPARE(focusedName(), u"Provider of fallback 1"_s);
        QCOMPARE(namesOfNext(4),
                 (QStringList{u"Model of fallback 1"_s, u"Remove fallback 1"_s, u"Add a fallback"_s, u"Place"_s}));
        apply();
        const QString added = u"    - name: blue\n"
                              "      match:\n"
                              "        headers:\n"
                              "          x-lunargate-model: gpt-4o\n"
                              "      targets:\n"
                              "        - provider: slow\n"
                              "          model: m-1\n"
                              "          weight: 2\n"
                              "      fallback:\n"
                              "        - provider: simulator\n"
                              "    - name: default\n"_s;
        QVERIFY2(text().contains(added), qPrintable(text()));
    }

    void targetsAreRemoved()
    {
        open(u"Add a route"_s, u"Name"_s);
        type(u"blue"_s);
        QVERIFY(tabTo(u"Add a target"_s));
        press(Qt::Key_Space);
        QCOMPARE(focusedName(), u"Provider of target 2"_s);
        press(Qt::Key_Down);
        QVERIFY(tabTo(u"Remove target 1"_s));
        press(Qt::Key_Space);
        QCOMPARE(focusedName(), u"Add a target"_s);
        apply(); // Return is Apply's, on whichever button the keyboard is
        QVERIFY2(text().contains(u"      targets:\n        - provider: slow\n"_s), qPrintable(text()));
    }

    void weightsAreChanged()
    {
        open(u"Change weights"_s, u"Route"_s);
        press(Qt::Key_Down);
        QCOMPARE(namesOfNext(1), QStringList{u"Weight of slow/simulator-2"_s});
        QCOMPARE(problemOfTabbing(), QString());
        press(Qt::CTRL | Qt::Key_A);
        type(u"4"_s);
        apply();
        QVERIFY2(text().contains(u"weight: 4"_s), qPrintable(text()));
    }

    void escapeLeavesAllAsItWas()
    {
        open(u"Add a provider"_s, u"Service"_s);
        const QString before = text();
        type(u"ollama"_s);
        press(Qt::Key_Escape);
        QTRY_VERIFY(!dialog());
        QCOMPARE(text(), before);
    }

private:
    std::unique_ptr<TestDesktop> m_test;
};

QTEST_MAIN(FormsKeyboardTest)
#include "tst_forms_keyboard.moc"
