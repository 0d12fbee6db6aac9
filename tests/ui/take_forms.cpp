// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/take_forms.h"

#include "ui/explain/explain_panel.h"
#include "ui/forms/add_provider_dialog.h"
#include "ui/forms/add_route_dialog.h"
#include "ui/forms/change_weights_dialog.h"

#include <QSignalSpy>
#include <QTest>

namespace lunargate::test {

namespace {

using namespace lunargate::ui;
using namespace Qt::StringLiterals;

constexpr char kConfig[] = "server: {port: 0}\n"
                           "providers:\n"
                           "  openai:\n"
                           "    api_key: \"${OPENAI_API_KEY}\"\n"
                           "  anthropic:\n"
                           "    api_key: \"${ANTHROPIC_API_KEY}\"\n"
                           "  local: # the machine under the desk\n"
                           "    type: openai\n"
                           "    base_url: http://127.0.0.1:8000/v1\n"
                           "\n"
                           "routing:\n"
                           "  default_strategy: weighted\n"
                           "  model_aliases: {fast: openai/gpt-4o-mini}\n"
                           "  routes:\n"
                           "    - name: red-team\n"
                           "      match:\n"
                           "        headers: {x-team: red}\n"
                           "      targets:\n"
                           "        - {provider: local, model: qwen3-32b}\n"
                           "    - name: default\n"
                           "      targets:\n"
                           "        - {provider: openai, model: gpt-4o, weight: 3}\n"
                           "        - {provider: anthropic, model: claude-sonnet-4-6}\n"
                           "        - {provider: local, model: qwen3-32b, weight: 0}\n"
                           "      fallback:\n"
                           "        - {provider: openai, model: gpt-4o-mini}\n";

FormDialog::Subject subject()
{
    return {.text = kConfig,
            .environment = Environment(std::map<QByteArray, QByteArray>{
                {"OPENAI_API_KEY", "k"}, {"ANTHROPIC_API_KEY", "k"}, {"GROQ_API_KEY", "k"}})};
}

template <typename Widget>
Widget *field(const QWidget &parent, const QString &name)
{
    for (Widget *widget : parent.findChildren<Widget *>()) {
        if (widget->accessibleName() == name)
            return widget;
    }
    qFatal("there is no field %s", qPrintable(name));
}

void takeDialog(const Photographer &photographer, FormDialog &dialog, const char *name)
{
    dialog.setAttribute(Qt::WA_DeleteOnClose, false);
    dialog.show();
    waitFor([&] { return dialog.isSettled(); });
    photographer.take(dialog, name);
}

void takeExplanation(const Photographer &photographer)
{
    LoadedConfig loaded{.reading = readConfigText(kConfig + QByteArray("history: {path: ':memory:'}\n"
                                                                       "caching: {enabled: true}\n"
                                                                       "rate_limiting: {enabled: true}\n"),
                                                  "pictures", subject().environment),
                        .source = "pictures"};
    Gateway gateway(std::move(loaded));
    if (const Result<void> started = gateway.start(); !started)
        qFatal("%s", started.error().message.constData());
    ExplainPanel panel;
    panel.setObjectName("page");
    panel.setAttribute(Qt::WA_StyledBackground);
    panel.setContentsMargins(16, 14, 16, 14);
    panel.resize(1000, 760);
    panel.setGateway(&gateway);
    panel.show();
    field<QPlainTextEdit>(panel, u"Request"_s)
        ->setPlainText(u"{\n  \"model\": \"lunargate/auto\",\n  \"messages\": [\n    {\"role\": \"user\", \"content\": "
                       "\"Compare both plans.\"}\n  ]\n}"_s);
    field<QPlainTextEdit>(panel, u"Headers"_s)->setPlainText(u"X-Team: blue"_s);
    QSignalSpy explained(&panel, &ExplainPanel::explained);
    panel.explain();
    waitFor([&] { return explained.size() == 1; });
    photographer.take(panel, "explain");
}

} // namespace

void takeForms(const Photographer &photographer)
{
    AddProviderDialog provider(subject());
    field<QComboBox>(provider, u"Service"_s)->setCurrentText(u"groq"_s);
    takeDialog(photographer, provider, "form-provider");
    AddRouteDialog route(subject());
    field<QLineEdit>(route, u"Name"_s)->setText(u"coding"_s);
    field<QLineEdit>(route, u"Header"_s)->setText(u"x-lunargate-skill"_s);
    field<QLineEdit>(route, u"Value of the header"_s)->setText(u"coding"_s);
    field<QLineEdit>(route, u"Model of target 1"_s)->setText(u"gpt-4o"_s);
    takeDialog(photographer, route, "form-route");
    ChangeWeightsDialog weights(subject());
    field<QComboBox>(weights, u"Route"_s)->setCurrentText(u"default"_s);
    field<QLineEdit>(weights, u"Weight of openai/gpt-4o"_s)->setText(u"2"_s);
    takeDialog(photographer, weights, "form-weights");
    takeExplanation(photographer);
}

} // namespace lunargate::test
