// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/take_keys.h"

#include "gateway/keys/key_store.h"
#include "ui/keys/import_dialog.h"
#include "ui/keys/key_dialog.h"

namespace lunargate::test {

using namespace lunargate::ui;

void takeKeys(TestDesktop &test, const Photographer &photographer)
{
    KeysPage &page = test.desktop.keys();
    KeyStore store(test.keychain, {});
    const std::pair<const char *, const char *> keys[] = {{"anthropic", "https://api.anthropic.com"},
                                                          {"gate", ""},
                                                          {"groq", "https://api.groq.com"},
                                                          {"openai", "https://api.openai.com"}};
    for (const auto &[name, origin] : keys)
        (void)store.set(name, {.secret = SecretString("a secret"), .origin = origin});
    test.keyUses = {{"anthropic", "providers.anthropic.api_key", "anthropic", "https://api.anthropic.com"},
                    {"gate", "security.api_key.keys[0].value", "", ""},
                    {"mistral", "providers.mistral.api_key", "mistral", "https://api.mistral.ai/v1"},
                    {"openai", "providers.openai.api_key", "openai", "https://api.openai.com/v1"},
                    {"openai", "providers.fast.api_key", "fast", "https://api.openai.com/v1"}};
    test.desktop.window().goTo(&page);
    page.refresh();
    const auto isIdle = [&page] { return !page.keeper().isBusy(); };
    waitFor([&] { return isIdle() && page.model().rowCount() == 5; });
    page.choose("openai");
    Q_EMIT page.keeper().tested({.kind = KeyVerdict::Kind::Accepted, .status = 200, .models = 67},
                                "https://api.openai.com");
    photographer.take(test.desktop.window(), "keys");

    page.add();
    auto *dialog = page.findChild<KeyDialog *>();
    dialog->findChild<SecretEdit *>()->setText(QStringLiteral("some secret that is not shown"));
    photographer.take(*dialog, "keys-add");
    dialog->close();

    ImportDialog imported({{.variable = "OPENAI_API_KEY", .name = "openai", .origin = "https://api.openai.com"},
                           {.variable = "GROQ_API_KEY", .name = "groq", .origin = "https://api.groq.com"},
                           {.variable = "XAI_API_KEY", .name = "xai", .origin = "https://api.x.ai"}},
                          {"openai", "groq"});
    imported.resize(560, 280);
    imported.findChild<QListWidget *>()->item(2)->setCheckState(Qt::Checked);
    imported.show();
    photographer.take(imported, "keys-import");

    test.keychain.failWith("keychain_locked");
    page.refresh();
    waitFor(isIdle);
    photographer.take(test.desktop.window(), "keys-locked"); // the layout begins to settle
    photographer.take(test.desktop.window(), "keys-locked");
    test.keychain.failWith({});
}

} // namespace lunargate::test
