// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/test_desktop.h"
#include "ui/forms/add_provider_dialog.h"
#include "ui/forms/add_route_dialog.h"
#include "ui/forms/change_weights_dialog.h"
#include "ui/forms/config_forms.h"

#include <QSignalSpy>
#include <QTest>

using namespace lunargate;
using namespace lunargate::ui;
using namespace Qt::StringLiterals;

namespace {

using Variables = std::map<QByteArray, QByteArray>;

const QByteArray kText = "# ours\n"
                         "providers:\n"
                         "  openai:\n"
                         "    api_key: \"${OPENAI_API_KEY}\" # of the team\n"
                         "routing:\n"
                         "  routes:\n"
                         "    - name: hard\n"
                         "      match: {headers: {x-team: red}}\n"
                         "      targets:\n"
                         "        - {provider: openai, model: gpt-4o}\n"
                         "        - {provider: openai, model: gpt-4o-mini, weight: 3}\n"
                         "    - name: rest # all others\n"
                         "      targets: [{provider: openai}]\n";

FormDialog::Subject subject(const QByteArray &text = kText)
{
    return {.text = text, .environment = Environment(Variables{{"OPENAI_API_KEY", "k"}, {"GROQ_API_KEY", "k"}})};
}

/// What a screen reader calls the field.
template <typename Widget>
Widget *field(const QWidget &dialog, const QString &name)
{
    for (Widget *widget : dialog.findChildren<Widget *>()) {
        if (widget->accessibleName() == name)
            return widget;
    }
    qFatal("there is no field %s", qPrintable(name));
}

QPushButton *applyButton(const QWidget &dialog)
{
    for (QPushButton *button : dialog.findChildren<QPushButton *>()) {
        if (button->isDefault())
            return button;
    }
    return nullptr;
}

QString problem(const QWidget &dialog)
{
    const auto *label = dialog.findChild<QLabel *>(u"problem"_s);
    return label->isHidden() ? QString() : label->text();
}

QString preview(const QWidget &dialog)
{
    return dialog.findChild<DiffView *>()->toPlainText();
}

void write(const QWidget &dialog, const QString &name, const QString &text)
{
    field<QLineEdit>(dialog, name)->setText(text);
}

} // namespace

/// The forms on texts of their own.
class FormsTest : public QObject
{
    Q_OBJECT

private:
    /// The button tells the reason, too.
    static bool says(const FormDialog &dialog, const QString &reason)
    {
        return QTest::qWaitFor([&] {
            return dialog.isSettled() && problem(dialog).contains(reason) && !applyButton(dialog)->isEnabled() &&
                   applyButton(dialog)->toolTip().contains(reason);
        });
    }
    static bool isReady(const FormDialog &dialog)
    {
        return QTest::qWaitFor(
            [&] { return dialog.isSettled() && applyButton(dialog)->isEnabled() && problem(dialog).isEmpty(); });
    }

private Q_SLOTS:
    void init() { test::failOnOwnWarnings(); }

    void providersBeginAsTheirServiceHasIt()
    {
        AddProviderDialog dialog(subject());
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        field<QComboBox>(dialog, u"Service"_s)->setCurrentText(u"groq"_s);
        QVERIFY(isReady(dialog));
        QCOMPARE(field<QLineEdit>(dialog, u"Name"_s)->text(), u"groq"_s);
        QVERIFY2(preview(dialog).contains(u"      api_key: \"${OPENAI_API_KEY}\" # of the team\n"
                                          "         5 +   groq:\n"
                                          "         6 +     api_key: \"${GROQ_API_KEY}\"\n"
                                          "    5    7   routing:\n"_s),
                 qPrintable(preview(dialog)));
        QSignalSpy applied(&dialog, &FormDialog::applied);
        dialog.accept();
        QCOMPARE(applied.size(), 1);
        QCOMPARE(applied[0][0].toString().toUtf8(),
                 QByteArray(kText).replace("routing:", "  groq:\n    api_key: \"${GROQ_API_KEY}\"\nrouting:"));
        QVERIFY(dialog.isHidden());
    }

    void aSecondAccountGetsANameOfItsOwn()
    {
        AddProviderDialog dialog(subject());
        field<QComboBox>(dialog, u"Service"_s)->setCurrentText(u"openai"_s);
        QCOMPARE(field<QLineEdit>(dialog, u"Name"_s)->text(), u"openai-2"_s);
        field<QComboBox>(dialog, u"Where the key is"_s)->setCurrentText(u"Keychain"_s);
        QCOMPARE(field<QLineEdit>(dialog, u"Name of the key"_s)->text(), u"openai-2"_s);
        write(dialog, u"Base URL"_s, u"http://127.0.0.1:9/v1"_s);
        QVERIFY(isReady(dialog));
        QVERIFY2(preview(dialog).contains(u"+     api_key: \"${keychain:openai-2}\""_s), qPrintable(preview(dialog)));
        QVERIFY(preview(dialog).contains(u"+     type: openai"_s));
    }

    void whatIsWrongWithAProviderIsSaid()
    {
        AddProviderDialog dialog(subject());
        field<QComboBox>(dialog, u"Service"_s)->setCurrentText(u"openai"_s);
        write(dialog, u"Name"_s, u" "_s);
        QVERIFY(says(dialog, u"Give the provider a name"_s));
        QCOMPARE(preview(dialog), u"There is no difference."_s);
        write(dialog, u"Name"_s, u"OpenAI"_s);
        QVERIFY(says(dialog, u"already"_s));
        write(dialog, u"Name"_s, u"a/b"_s);
        QVERIFY(says(dialog, u"slash"_s));
        write(dialog, u"Name"_s, u"other"_s);
        write(dialog, u"Base URL"_s, u"nowhere"_s);
        QVERIFY(says(dialog, u"base_url"_s));
        write(dialog, u"Base URL"_s, {});
        write(dialog, u"Name of the key"_s, u"MY-KEY"_s);
        QVERIFY(says(dialog, u"letters, digits and underscores"_s));
        write(dialog, u"Name of the key"_s, u"sk-1234"_s);
        QVERIFY(says(dialog, u"looks like a key itself"_s));
        QVERIFY(!preview(dialog).contains(u"sk-1234"_s));
        write(dialog, u"Name of the key"_s, {});
        QVERIFY(says(dialog, u"what the key is called"_s));
        field<QComboBox>(dialog, u"Where the key is"_s)->setCurrentText(u"Keychain"_s);
        write(dialog, u"Name of the key"_s, u"a b"_s);
        QVERIFY(says(dialog, u"dots, dashes"_s));
        field<QComboBox>(dialog, u"Where the key is"_s)->setCurrentText(u"No key"_s);
        QVERIFY(isReady(dialog));
        field<QComboBox>(dialog, u"Service"_s)->setCurrentText(u"azure"_s);
        QVERIFY(says(dialog, u"give the base URL"_s));
    }

    void problemsAreToldLetterByLetter()
    {
        AddProviderDialog dialog(subject());
        field<QComboBox>(dialog, u"Service"_s)->setCurrentText(u"openai"_s);
        write(dialog, u"Name"_s, u"<b>x"_s);
        write(dialog, u"Base URL"_s, u"nowhere"_s);
        QTRY_VERIFY(problem(dialog).contains(u"<b>x"_s));
        QVERIFY2(applyButton(dialog)->toolTip().contains(u"&lt;b&gt;x"_s), qPrintable(applyButton(dialog)->toolTip()));
    }

    void aVariableThatIsNotSetIsNoObstacle()
    {
        AddProviderDialog dialog(subject());
        field<QComboBox>(dialog, u"Service"_s)->setCurrentText(u"mistral"_s);
        QVERIFY(isReady(dialog));
        QTRY_VERIFY(std::ranges::any_of(dialog.findChildren<QLabel *>(u"muted"_s), [](const QLabel *label) {
            return label->text().contains(u"MISTRAL_API_KEY"_s) && !label->isHidden();
        }));
    }

    void textsThatCannotBeChangedSayWhere()
    {
        AddProviderDialog dialog(subject("a: &p {}\nproviders: *p\n"));
        QVERIFY(says(dialog, u"line 2: this is an alias"_s));
        AddRouteDialog route(subject("providers: {a: [}\n"));
        write(route, u"Name"_s, u"x"_s);
        QVERIFY(says(route, u"no provider yet"_s));
        ChangeWeightsDialog weights(subject("providers: {a: {}}\n"));
        QVERIFY(says(weights, u"no route yet"_s));
    }

    void routesAreWrittenBeforeTheOneThatTakesAll()
    {
        AddRouteDialog dialog(subject());
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        QVERIFY(says(dialog, u"Give the route a name"_s));
        write(dialog, u"Name"_s, u"hard"_s);
        QVERIFY(says(dialog, u"already"_s));
        write(dialog, u"Name"_s, u"blue"_s);
        write(dialog, u"Header"_s, u"X-Team"_s);
        QVERIFY(says(dialog, u"a name and a value"_s));
        write(dialog, u"Value of the header"_s, u"blue"_s);
        write(dialog, u"Model is"_s, u"gpt-4o"_s);
        write(dialog, u"Model of target 1"_s, u"gpt-4o"_s);
        write(dialog, u"Weight of target 1"_s, u"2"_s);
        for (QToolButton *button : dialog.findChildren<QToolButton *>()) {
            if (button->text() == u"Add a fallback"_s)
                button->click();
        }
        QVERIFY(isReady(dialog));
        QCOMPARE(field<QComboBox>(dialog, u"Place"_s)->currentText(), u"Before rest"_s);
        QSignalSpy applied(&dialog, &FormDialog::applied);
        dialog.accept();
        const QByteArray added = "    - name: blue\n"
                                 "      match:\n"
                                 "        headers:\n"
                                 "          x-lunargate-model: gpt-4o\n"
                                 "          x-team: blue\n"
                                 "      targets:\n"
                                 "        - provider: openai\n"
                                 "          model: gpt-4o\n"
                                 "          weight: 2\n"
                                 "      fallback:\n"
                                 "        - provider: openai\n";
        QCOMPARE(applied.value(0).value(0).toString().toUtf8(),
                 QByteArray(kText).replace("    - name: rest", added + "    - name: rest"));
    }

    void targetsCanBeAddedAndRemoved()
    {
        TargetRows rows(TargetRows::Kind::Targets, {{.id = "a", .type = "openai"}, {.id = "b", .type = "groq"}});
        QSignalSpy changed(&rows, &TargetRows::changed);
        QCOMPARE(rows.targets().size(), 1);
        QVERIFY(!field<QToolButton>(rows, u"Remove target 1"_s)->isEnabled());
        rows.findChild<QToolButton *>(Qt::FindDirectChildrenOnly)->click();
        field<QComboBox>(rows, u"Provider of target 2"_s)->setCurrentIndex(1);
        QCOMPARE(rows.targets().size(), 2);
        QCOMPARE(rows.targets()[1].provider, "b");
        field<QToolButton>(rows, u"Remove target 1"_s)->click();
        QCOMPARE(rows.targets().size(), 1);
        QCOMPARE(rows.targets()[0].provider, "b");
        QVERIFY(changed.size() >= 3);
    }

    void weightsShowTheirShares()
    {
        ChangeWeightsDialog dialog(subject());
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        QTRY_COMPARE(applyButton(dialog)->accessibleDescription(), u"Nothing is changed yet"_s);
        QVERIFY(!applyButton(dialog)->isEnabled());
        const auto hasShare = [&](const QString &share) {
            return std::ranges::any_of(dialog.findChildren<QLabel *>(),
                                       [&](const QLabel *label) { return label->text() == share; });
        };
        QVERIFY(hasShare(QLocale().toString(25.0, 'f', 1) + u" %"_s));
        write(dialog, u"Weight of openai/gpt-4o"_s, u"1"_s);
        write(dialog, u"Weight of openai/gpt-4o-mini"_s, {});
        QVERIFY(says(dialog, u"Give every target a weight"_s));
        write(dialog, u"Weight of openai/gpt-4o-mini"_s, u"0"_s);
        QVERIFY(isReady(dialog));
        QVERIFY(hasShare(QLocale().toString(100.0, 'f', 1) + u" %"_s));
        QSignalSpy applied(&dialog, &FormDialog::applied);
        dialog.accept();
        QCOMPARE(applied.value(0).value(0).toString().toUtf8(), QByteArray(kText).replace("weight: 3", "weight: 0"));
    }

    void anotherRouteHasOtherTargets()
    {
        ChangeWeightsDialog dialog(subject());
        field<QComboBox>(dialog, u"Route"_s)->setCurrentText(u"rest"_s);
        write(dialog, u"Weight of openai/*"_s, u"7"_s);
        QVERIFY(isReady(dialog));
        QVERIFY2(preview(dialog).contains(u"+       targets: [{provider: openai, weight: 7}]"_s),
                 qPrintable(preview(dialog)));
    }

    void aTextThatCannotBeReplacedIsLeftAlone_data()
    {
        QTest::addColumn<bool>("isChanged");
        QTest::addColumn<QString>("reason");
        QTest::newRow("changed meanwhile") << true << u"changed meanwhile"_s;
        QTest::newRow("read only") << false << u"cannot be edited"_s;
    }
    void aTextThatCannotBeReplacedIsLeftAlone()
    {
        QFETCH(bool, isChanged);
        QFETCH(QString, reason);
        Actions actions;
        QWidget window;
        window.show();
        QString text = QString::fromUtf8(kText);
        const ConfigForms forms(actions, window,
                                {.text = [&] { return text; },
                                 .apply =
                                     [&](const QString &changed) {
                                         if (isChanged)
                                             text = changed;
                                     },
                                 .environment = [] { return Environment(); }});
        forms.formActions()[0]->trigger();
        auto *dialog = window.findChild<FormDialog *>();
        field<QComboBox>(*dialog, u"Service"_s)->setCurrentText(u"ollama"_s);
        QVERIFY(isReady(*dialog));
        if (isChanged)
            text += u"# theirs\n"_s;
        const QString before = text;
        dialog->accept();
        QVERIFY(dialog->isVisible());
        QVERIFY2(problem(*dialog).contains(reason), qPrintable(problem(*dialog)));
        QCOMPARE(text, before);
    }

    void cancellingChangesNothing()
    {
        AddProviderDialog dialog(subject());
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.open();
        QSignalSpy applied(&dialog, &FormDialog::applied);
        QVERIFY(isReady(dialog));
        QTest::keyClick(&dialog, Qt::Key_Escape);
        QVERIFY(dialog.isHidden());
        QCOMPARE(applied.size(), 0);
    }
};

QTEST_MAIN(FormsTest)
#include "tst_forms.moc"
