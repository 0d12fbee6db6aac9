// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/take_config.h"

#include "tests/ui/test_desktop.h"
#include "ui/editor/diff_dialog.h"

#include <QFile>
#include <QTest>

namespace lunargate::test {

using namespace lunargate::ui;

namespace {

constexpr char kText[] = R"yaml(# My gateway: agents go to Anthropic, all else to the cheapest.
server:
  port: 8080

history:
  capture: bodies
  max_age: 30d

providers:
  openai:
    api_key: "${OPENAI_API_KEY}"
    default_model: gpt-4o-mini
    concurrency: {limit: 8}
  anthropic:
    api_key: "${ANTHROPIC_API_KEY}"
  ollama: {}

routing:
  default_strategy: weighted
  routes:
    - name: coding
      match: {headers: {x-lunargate-skill: coding}}
      targets:
        - provider: anthropic
          weight: 80
        - provider: openai   # when Anthropic is slow
          weight: 20
      fallback:
        - provider: ollama
          model: qwen3:8b
    - name: default
      targets:
        - provider: openai
)yaml";

void write(const QString &path, const QByteArray &text)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(text) != text.size())
        qFatal("cannot write %s", qPrintable(path));
}

void typeAtEndOf(YamlEditor &yaml, int line, const QString &text)
{
    yaml.goTo(line, static_cast<int>(yaml.text(line - 1).trimmed().size()) + 100);
    yaml.replaceBeforeCursor(0, text);
}

} // namespace

void takeConfig(const Photographer &photographer, Theme::Choice theme)
{
    TestDesktop test;
    write(test.folder.filePath(QStringLiteral("config.yaml")), kText);
    setTheme(test.desktop, theme);
    MainWindow &window = test.desktop.window();
    window.resize(1280, 800);
    test.desktop.start();
    showUsualPort(test.desktop);
    ConfigPage &page = test.desktop.configPage();
    window.goTo(&page);
    window.activateWindow();
    YamlEditor &yaml = page.editor()->yaml();
    page.replaceText(QString::fromUtf8(kText)
                         .replace(QStringLiteral("weight: 20"), QStringLiteral("wieght: 25"))
                         .replace(QStringLiteral("\"${OPENAI_API_KEY}\""), QStringLiteral("sk-proj-0123456789")));
    waitFor([&] { return page.editor()->findings().rowCount() > 1; });
    QTest::qWait(20); // the list takes its room
    yaml.goTo(27, 11);
    photographer.take(window, "config");

    page.replaceText(
        QString::fromUtf8(kText)
            .replace(QStringLiteral("weight: 20"), QStringLiteral("weight: 25"))
            .replace(QStringLiteral("  max_age: 30d\n"), QStringLiteral("  max_age: 60d\n  max_bytes: 2GiB\n")));
    waitFor([&] { return page.status().checkText() != QStringLiteral("Checking …"); });
    QTest::keyClick(&yaml, Qt::Key_S, Qt::ControlModifier);
    waitFor([&] { return page.findChild<DiffDialog *>() != nullptr; });
    photographer.take(*page.findChild<DiffDialog *>(), "config-diff");
    page.findChild<DiffDialog *>()->reject();

    typeAtEndOf(yaml, 16, QStringLiteral("\ncaching:\n  "));
    QTest::qWait(20); // what is written has no completions of its own
    page.editor()->completer().offerAll();
    QAbstractItemView *popup = page.editor()->completer().completer().popup();
    waitFor([&] { return popup->isVisible(); });
    photographer.take(*popup, "config-completion");
    popup->hide();
}

} // namespace lunargate::test
