// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clients/client_snippets.h"

#include "ui/clients/client_files.h"

#include <QCoreApplication>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

struct ClientSnippets
{
    Q_DECLARE_TR_FUNCTIONS(ClientSnippets)
};

/// For forms to fill in.
QString keyField(const GatewayPlace &place)
{
    return place.asksForKey ? ClientSnippets::tr("your key for the gateway") : ClientSnippets::tr("any text");
}

QString shellKey(const GatewayPlace &place)
{
    return place.asksForKey ? u"\"$%1\""_s.arg(kKeyVariable) : u"not-needed"_s;
}

/// What the client's own file would be if there was nothing in it.
QString fileText(const EditResult &text)
{
    return text ? QString::fromUtf8(*text) : text.error();
}

} // namespace

QString pythonSnippet(const GatewayPlace &place)
{
    const QString imports = place.asksForKey ? u"import os\n\n"_s : QString();
    const QString key = place.asksForKey ? u"os.environ[\"%1\"]"_s.arg(kKeyVariable) : u"\"not-needed\""_s;
    return imports + u"from openai import OpenAI\n\n"
                     "client = OpenAI(\n    base_url=\"%1/v1\",\n    api_key=%2,\n)\n"
                     "answer = client.chat.completions.create(\n"
                     "    model=\"lunargate/auto\",\n"
                     "    messages=[{\"role\": \"user\", \"content\": \"Hello\"}],\n"
                     ")\n"
                     "print(answer.choices[0].message.content)\n"_s.arg(place.address, key);
}

QString javaScriptSnippet(const GatewayPlace &place)
{
    const QString key = place.asksForKey ? u"process.env.%1"_s.arg(kKeyVariable) : u"\"not-needed\""_s;
    return u"import OpenAI from \"openai\";\n\n"
           "const client = new OpenAI({\n  baseURL: \"%1/v1\",\n  apiKey: %2,\n});\n"
           "const answer = await client.chat.completions.create({\n"
           "  model: \"lunargate/auto\",\n"
           "  messages: [{ role: \"user\", content: \"Hello\" }],\n"
           "});\n"
           "console.log(answer.choices[0].message.content);\n"_s.arg(place.address, key);
}

// Without /v1, which it appends itself (code.claude.com/docs/en/llm-gateway-protocol).
QString claudeCodeSnippet(const GatewayPlace &place)
{
    return u"export ANTHROPIC_BASE_URL=%1\nexport ANTHROPIC_AUTH_TOKEN=%2\nclaude\n"_s.arg(place.address,
                                                                                           shellKey(place));
}

QString codexSnippet(const GatewayPlace &place)
{
    return fileText(editCodex({}, place));
}

// The names are those of Cursor's own settings.
QString cursorSnippet(const GatewayPlace &place)
{
    return u"Override OpenAI Base URL: https://YOUR-TUNNEL/v1\nOpenAI API Key: %1\n\n%2\n"_s.arg(
        ClientSnippets::tr("your key for the gateway"),
        ClientSnippets::tr("The tunnel leads to %1").arg(place.address));
}

QString continueSnippet(const GatewayPlace &place)
{
    return fileText(editContinue({}, place));
}

QString clineSnippet(const GatewayPlace &place)
{
    return u"API Provider: OpenAI Compatible\nBase URL: %1/v1\nAPI Key: %2\nModel ID: lunargate/auto\n"_s.arg(
        place.address, keyField(place));
}

QString zedSnippet(const GatewayPlace &place)
{
    return fileText(editZed({}, place));
}

QString openWebUiSnippet(const GatewayPlace &place)
{
    return u"export OPENAI_API_BASE_URL=%1/v1\nexport OPENAI_API_KEY=%2\nopen-webui serve\n"_s.arg(place.address,
                                                                                                   shellKey(place));
}

QString ollamaSnippet(const GatewayPlace &place)
{
    return u"export OLLAMA_HOST=%1\n"_s.arg(place.address);
}

} // namespace lunargate::ui
