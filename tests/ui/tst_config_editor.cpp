// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/config_page_driver.h"
#include "tests/ui/keyboard.h"

#include <QAccessible>
#include <QApplication>

using namespace lunargate;
using namespace lunargate::ui;
using namespace lunargate::test;
using namespace Qt::StringLiterals;

/// The text of the configuration, driven by keyboard: checked, searched, completed, explained.
class ConfigEditorTest : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<ConfigPageDriver> m_user;

private Q_SLOTS:
    void init()
    {
        failOnOwnWarnings();
        m_user = std::make_unique<ConfigPageDriver>();
    }

    void cleanup() { m_user.reset(); }

    void whatIsTypedIsChecked()
    {
        m_user->open(kConfigText);
        m_user->yaml().goTo(2, 1);
        m_user->type(u"nonsense: 1\n"_s);
        QTRY_COMPARE(m_user->page->editor()->findings().rowCount(), 1);
        const Finding finding = m_user->page->editor()->findings().finding(0);
        QCOMPARE(finding.line, 2);
        QVERIFY(finding.message.contains(u"nonsense") || finding.path.contains(u"nonsense"));
        QVERIFY(m_user->yaml().SendScintilla(QsciScintillaBase::SCI_MARKERGET, 1UL) != 0);
        QVERIFY(m_user->yaml().helpAt(m_user->yaml().positionFromLineIndex(1, 2)).contains(finding.message));
        QVERIFY(m_user->page->status().checkText().startsWith(u'1'));
    }

    void findingsLeadToTheirPlaces()
    {
        m_user->open(
            QByteArray(kConfigText).replace("type: simulator", "type: simulatr").replace("port: 0", "port: zero"));
        QTRY_COMPARE(m_user->page->editor()->findings().count(Finding::Kind::Error), 2);
        int line = 0;
        int column = 0;
        m_user->press(Qt::Key_F8);
        m_user->yaml().getCursorPosition(&line, &column);
        QCOMPARE(line, 1);
        m_user->press(Qt::Key_F8);
        m_user->yaml().getCursorPosition(&line, &column);
        QCOMPARE(line, 5);
        m_user->press(Qt::SHIFT | Qt::Key_F8);
        auto *list = m_user->page->findChild<QTableView *>();
        QTRY_VERIFY(list->hasFocus());
        QTest::keyClick(list, Qt::Key_Up);
        QTest::keyClick(list, Qt::Key_Return);
        m_user->yaml().getCursorPosition(&line, &column);
        QCOMPARE(line, 1);
        QTRY_VERIFY(m_user->yaml().hasFocus());
    }

    void anotherTextIsOneStepAndTheViewStays()
    {
        QByteArray text(kConfigText);
        for (int i = 0; i < 200; ++i)
            text += "# line " + QByteArray::number(i) + "\n";
        m_user->open(text);
        m_user->yaml().goTo(120, 3);
        m_user->yaml().setFirstVisibleLine(100);
        m_user->page->replaceText(QString::fromUtf8(text).replace(u"# mine"_s, u"# ä \U0001F319"_s) + u"# end\n"_s);
        int line = 0;
        int column = 0;
        m_user->yaml().getCursorPosition(&line, &column);
        QCOMPARE(line, 119);
        QCOMPARE(m_user->yaml().firstVisibleLine(), 100);
        QVERIFY(m_user->page->text().startsWith(u"# ä \U0001F319\n"));
        m_user->yaml().undo();
        QCOMPARE(m_user->page->text().toUtf8(), text);
    }

    void byteOrderMarkAndEndsOfLinesAreThoseOfTheText()
    {
        const QByteArray marked = "\xEF\xBB\xBF"
                                  "a: 1\r\n";
        m_user->open("a: 1\n");
        m_user->yaml().replaceContents(marked);
        QCOMPARE(m_user->yaml().contents(), marked);
        QCOMPARE(m_user->yaml().eolMode(), QsciScintilla::EolWindows);
        m_user->page->replaceText(u"a: 2\r\n"_s); // from a form, which does not see the mark
        QCOMPARE(m_user->yaml().contents(), QByteArray(marked).replace('1', '2'));
        m_user->yaml().replaceContents("a: 2\n");
        QCOMPARE(m_user->yaml().contents(), QByteArray("a: 2\n"));
        QCOMPARE(m_user->yaml().eolMode(), QsciScintilla::EolUnix);
    }

    void escapeLeavesTheTextAndComesBack()
    {
        m_user->open(kConfigText);
        QTRY_VERIFY(m_user->yaml().hasFocus());
        m_user->press(Qt::Key_Escape);
        QTRY_VERIFY(!m_user->yaml().hasFocus());
        QWidget *next = QApplication::focusWidget();
        QVERIFY(next && m_user->page->isAncestorOf(next));
        QTest::keyClick(next, Qt::Key_Escape);
        QTRY_VERIFY(m_user->yaml().hasFocus());
    }

    void otherConfigurationsAreReachedByCommand()
    {
        m_user->open(kConfigText);
        m_user->run(u"Roll back to a version of the configuration"_s);
        auto *menu = m_user->page->findChild<VersionsMenu *>();
        QTRY_VERIFY(menu->isVisible());
        menu->close();
        m_user->run(u"Compare with what is running"_s); // nothing is
        m_user->run(u"Compare with the last good one"_s);
        QVERIFY(!m_user->dialog());
        m_user->run(u"Compare with the file on disk"_s);
        m_user->answer(Qt::Key_Escape);
    }

    void findsAndReplacesByKeyboard()
    {
        m_user->open(kConfigText);
        m_user->press(Qt::CTRL | Qt::Key_F);
        auto *bar = m_user->page->findChild<FindBar *>();
        QTRY_VERIFY(bar->isVisible() && bar->focusProxy()->hasFocus());
        QTest::keyClicks(QApplication::focusWidget(), u"simulator"_s);
        QCOMPARE(m_user->yaml().selectedText(), u"simulator"_s);
        int line = 0;
        int column = 0;
        m_user->yaml().getCursorPosition(&line, &column);
        QCOMPARE(line, 5);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_F3);
        m_user->yaml().getCursorPosition(&line, &column);
        QCOMPARE(line, 11);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_F3, Qt::ShiftModifier);
        m_user->yaml().getCursorPosition(&line, &column);
        QCOMPARE(line, 5);
        QVERIFY(tabTo(u"Replace with"_s));
        test::type(u"other"_s);
        test::press(Qt::Key_Return);
        QCOMPARE(m_user->page->text().count(u"other"), 1);
        test::press(Qt::Key_Escape);
        QVERIFY(!bar->isVisible());
        QTRY_VERIFY(m_user->yaml().hasFocus());
    }

    void completesByKeyboard()
    {
        m_user->open(kConfigText);
        m_user->yaml().goTo(7, 1);
        m_user->type(u"loggi"_s);
        QAbstractItemView *popup = m_user->page->editor()->completer().completer().popup();
        QTRY_VERIFY(popup->isVisible());
        QTest::keyClick(popup, Qt::Key_Return);
        QVERIFY(m_user->page->text().contains(u"\nlogging:routing"));
        m_user->type(u" {form"_s);
        QTRY_VERIFY(popup->isVisible());
        QTest::keyClick(popup, Qt::Key_Return);
        QTRY_VERIFY(popup->isVisible()); // its values
        QCOMPARE(popup->model()->rowCount(), 2);
        QTest::keyClick(popup, Qt::Key_Down);
        QTest::keyClick(popup, Qt::Key_Return);
        QVERIFY(m_user->page->text().contains(u"logging: {format: jsonrouting"));
    }

    void longTextsAreCompletedWhenAskedOnly()
    {
        m_user->open(kConfigText + QByteArray("# long\n").repeated(40000));
        m_user->yaml().goTo(7, 1);
        m_user->type(u"loggi"_s);
        QCoreApplication::processEvents();
        const QAbstractItemView *popup = m_user->page->editor()->completer().completer().popup();
        QVERIFY(!popup->isVisible());
        m_user->page->editor()->completer().offerAll();
        QVERIFY(popup->isVisible());
    }

    void helpsWithTheKeyAtTheCursor()
    {
        m_user->open(kConfigText);
        const long port = m_user->yaml().positionFromLineIndex(1, 11);
        QVERIFY2(m_user->yaml().helpAt(port).startsWith(u"server.port\n"), qPrintable(m_user->yaml().helpAt(port)));
        QCOMPARE(m_user->yaml().helpAt(m_user->yaml().positionFromLineIndex(0, 3)), QString());
    }

    void secretsAreHintedAndSaidNowhereElse()
    {
        m_user->open(QByteArray(kConfigText).replace("type: simulator", "type: openai\n    api_key: sk-very-secret"));
        QTRY_COMPARE(m_user->page->editor()->findings().count(Finding::Kind::Hint), 1);
        const FindingsModel &findings = m_user->page->editor()->findings();
        for (int row = 0; row < findings.rowCount(); ++row)
            QVERIFY(!findings.finding(row).message.contains(u"sk-very"));
        QVERIFY(!m_user->page->notice().text().contains(u"sk-very"));
    }

    void coloursFollowTheTheme()
    {
        Theme theme(Theme::Choice::Light);
        m_user->open(kConfigText);
        QCOMPARE(m_user->yaml().lexer()->paper(QsciLexerYAML::Default), lightColours().surface);
        theme.setChoice(Theme::Choice::Dark);
        QTRY_COMPARE(m_user->yaml().lexer()->paper(QsciLexerYAML::Default), darkColours().surface);
        QCOMPARE(m_user->yaml().lexer()->color(QsciLexerYAML::Identifier), darkColours().accent);
        theme.setChoice(Theme::Choice::Light);
    }

    void everyControlHasAName()
    {
        m_user->open(kConfigText);
        m_user->page->editor()->findBar().open();
        for (const QWidget *widget : m_user->page->findChildren<QWidget *>()) {
            if (widget->focusPolicy() == Qt::NoFocus || widget->focusProxy() || !widget->isVisible())
                continue;
            const QAccessibleInterface *accessible =
                QAccessible::queryAccessibleInterface(const_cast<QWidget *>(widget));
            QVERIFY2(accessible && !accessible->text(QAccessible::Name).isEmpty(),
                     qPrintable(QString::fromUtf8(widget->metaObject()->className()) + u' ' + widget->objectName()));
        }
    }
};

QTEST_MAIN(ConfigEditorTest)
#include "tst_config_editor.moc"
