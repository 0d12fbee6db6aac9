// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/provider_presets.h"

#include "gateway/config/providers_yaml.h"
#include "gateway/config/section_reader.h"
#include "gateway/config/service_keys.h"
#include "gateway/config/yaml_reader.h"

#include <QUrl>

#include <algorithm>
#include <iterator>

namespace lunargate {

namespace {

void readCapabilities(SectionReader &section, Capabilities &capabilities)
{
    section.section("capabilities", [&](SectionReader &inner) {
        inner.read("embeddings", capabilities.embeddings);
        inner.read("responses", capabilities.responses);
        inner.read("models", capabilities.models);
    });
}

KnownModel readModel(SectionReader &section)
{
    KnownModel model;
    std::optional<int> context;
    section.read("id", model.id);
    section.read("context", context, {.smallest = 1});
    model.contextLength = context;
    if (model.id.isEmpty())
        section.context().error(section.place(), "the model has no id");
    return model;
}

ProviderPreset readPreset(const QByteArray &name, SectionReader &section)
{
    ProviderPreset preset;
    preset.name = name;
    preset.defaults.type = name;
    if (!section.has("protocol"))
        section.context().error(section.place(), "the preset has no protocol");
    readServiceKeys(section, preset.defaults);
    section.read("api_key_env", preset.keyVariable);
    preset.needsKey = !preset.keyVariable.isEmpty();
    section.read("needs_key", preset.needsKey);
    section.readUrl("example_url", preset.exampleUrl);
    section.read("hosts", preset.hosts);
    readCapabilities(section, preset.defaults.capabilities);
    section.list("models", [&](SectionReader &item) { preset.defaults.knownModels.push_back(readModel(item)); });
    return preset;
}

} // namespace

bool ProviderPreset::isVendorAddress(const QByteArray &baseUrl) const
{
    const QString own = QUrl::fromEncoded(defaults.baseUrl).host();
    const QString host = QUrl::fromEncoded(baseUrl).host();
    // Regional addresses such as eu.api.openai.com serve the same models.
    const auto isIn = [&host](const QString &vendor) { return host == vendor || host.endsWith(u'.' + vendor); };
    return own.isEmpty() || isIn(own) ||
           std::ranges::any_of(hosts, [&](const QByteArray &other) { return isIn(QString::fromUtf8(other)); });
}

bool ProviderPreset::mayHaveKey(const QByteArray &baseUrl) const
{
    const QByteArray &own = defaults.baseUrl.isEmpty() ? exampleUrl : defaults.baseUrl;
    return isVendorAddress(baseUrl) && QUrl::fromEncoded(baseUrl).scheme() == QUrl::fromEncoded(own).scheme();
}

ProviderPresetReading readProviderPresets(QByteArrayView text)
{
    YamlReading yaml = readYaml(text, "providers.yaml");
    ProviderPresetReading reading;
    const Environment none;
    ReadingContext context{.environment = none, .fileName = "providers.yaml", .problems = std::move(yaml.problems)};
    if (yaml.root) {
        SectionReader(context, &*yaml.root).each("<type>", [&](const QByteArray &name, SectionReader &section) {
            reading.presets.push_back(readPreset(name, section));
        });
    }
    reading.problems = std::move(context.problems);
    return reading;
}

const std::vector<ProviderPreset> &providerPresets()
{
    static const std::vector<ProviderPreset> presets = readProviderPresets(providersYaml()).presets;
    return presets;
}

const ProviderPreset *findProviderPreset(QByteArrayView type)
{
    const std::vector<ProviderPreset> &presets = providerPresets();
    const auto found = std::ranges::find(presets, type, &ProviderPreset::name);
    return found == presets.end() ? nullptr : std::to_address(found);
}

} // namespace lunargate
