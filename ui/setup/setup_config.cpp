// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/setup/setup_config.h"

#include "gateway/json/writer.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QTemporaryFile>

#include <unistd.h>

namespace lunargate::ui {

namespace {

struct SetupConfig
{
    Q_DECLARE_TR_FUNCTIONS(SetupConfig)
};

QByteArray providerText(const FoundProvider &provider)
{
    QByteArray text = "  " + provider.id + ":\n";
    if (provider.id != provider.type || provider.keyVariable.isEmpty())
        text += "    type: " + provider.type + '\n';
    if (!provider.keyVariable.isEmpty())
        text += "    api_key: \"${" + provider.keyVariable + "}\" # from the environment\n";
    if (!provider.baseUrl.isEmpty())
        text += "    base_url: " + provider.baseUrl + '\n';
    if (!provider.model.isEmpty())
        text += "    default_model: " + json::quoted(provider.model) + '\n';
    return text;
}

} // namespace

QByteArray setupText(const SetupChoice &choice)
{
    std::vector<FoundProvider> providers = choice.providers;
    if (providers.empty())
        providers.push_back({.id = "simulator", .type = "simulator"});
    QByteArray text = "# What LunarGate runs. It is yours to change.\n# docs/configuration.md explains every key.\n\n";
    if (choice.port)
        text += "server:\n  port: " + QByteArray::number(*choice.port) + " # on this machine only\n\n";
    text += "providers:\n";
    for (const FoundProvider &provider : providers)
        text += providerText(provider);
    text += "\n"
            "routing:\n"
            "  routes:\n"
            "    # Where requests go that name no provider (lunargate/auto).\n"
            "    # All others are asked for by name: PROVIDER/MODEL.\n"
            "    - name: default\n"
            "      targets:\n"
            "        - provider: " +
            providers.front().id + '\n';
    return text;
}

std::expected<void, QString> writeNewConfig(const QString &file, const QByteArray &text)
{
    const QString folder = QFileInfo(file).absolutePath();
    QTemporaryFile temporary(folder + QStringLiteral("/.lunargate-setup-XXXXXX")); // for its owner alone
    const bool isWritten = QDir().mkpath(folder) && temporary.open() && temporary.write(text) == text.size() &&
                           temporary.flush() && ::fsync(temporary.handle()) == 0;
    if (QFileInfo::exists(file))
        return std::unexpected(SetupConfig::tr("%1 is there by now. It was left as it is.").arg(file));
    if (!isWritten || !temporary.rename(file)) // which takes the place of nothing
        return std::unexpected(SetupConfig::tr("%1 cannot be written: %2").arg(file, temporary.errorString()));
    temporary.setAutoRemove(false);
    return {};
}

} // namespace lunargate::ui
