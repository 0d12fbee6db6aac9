// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/add_provider_dialog.h"

#include "gateway/config/config_edits.h"
#include "gateway/config/expansion.h"
#include "ui/forms/target_rows.h"

#include <QCompleter>
#include <QHBoxLayout>

#include <algorithm>

namespace lunargate::ui {

namespace {

bool isKeychainName(const QByteArray &name)
{
    return !expandVariables("${keychain:" + name + '}', {}).malformed;
}

/// Keys of the usual services begin so, or are that long.
bool looksLikeKey(const QByteArray &name)
{
    return name.startsWith("sk-") || name.startsWith("gsk_") || name.startsWith("xai-") || name.startsWith("AIza") ||
           name.size() > 40;
}

} // namespace

AddProviderDialog::AddProviderDialog(Subject subject, QWidget *parent)
    : FormDialog(tr("Add a provider"), tr("Add provider"), std::move(subject), parent),
      m_outline(readConfigOutline(text())),
      m_service(newComboBox(tr("Service"))),
      m_id(newLineEdit(tr("Name"))),
      m_baseUrl(newLineEdit(tr("Base URL"))),
      m_keyPlace(newComboBox(tr("Where the key is"))),
      m_keyName(newLineEdit(tr("Name of the key"))),
      m_model(newLineEdit(tr("Default model")))
{
    for (const ProviderPreset &known : providerPresets())
        m_service->addItem(QString::fromUtf8(known.name));
    m_keyPlace->addItems({tr("Environment variable"), tr("Keychain"), tr("No key")}); // as in KeyPlace
    auto *key = new QWidget;
    auto *keyRow = new QHBoxLayout(key);
    keyRow->setContentsMargins(0, 0, 0, 0);
    keyRow->setSpacing(6);
    keyRow->addWidget(m_keyPlace);
    keyRow->addWidget(m_keyName, 1);
    addField(tr("Service"), m_service);
    addField(tr("Name"), m_id, tr("What routes call it. Two accounts of one service are two providers."));
    addField(tr("Base URL"), m_baseUrl);
    addField(tr("Key"), key,
             tr("The file gets the name only. The key itself stays in the environment or the keychain."));
    addField(tr("Default model"), m_model);

    for (QLineEdit *edit : {m_id, m_baseUrl, m_keyName, m_model})
        connect(edit, &QLineEdit::textChanged, this, [this] { touch(); });
    connect(m_service, &QComboBox::currentIndexChanged, this, &AddProviderDialog::takePreset);
    connect(m_keyPlace, &QComboBox::currentIndexChanged, this, &AddProviderDialog::takeKeyPlace);
    m_service->setFocus();
    takePreset();
}

const ProviderPreset &AddProviderDialog::preset() const
{
    return providerPresets()[static_cast<std::size_t>(m_service->currentIndex())];
}

QByteArray AddProviderDialog::freeId(const QByteArray &wanted) const
{
    const auto isTaken = [this](const QByteArray &id) {
        return std::ranges::any_of(m_outline.providers, [&](const ConfigOutline::Provider &provider) {
            return provider.id.compare(id, Qt::CaseInsensitive) == 0;
        });
    };
    QByteArray id = wanted;
    for (int number = 2; isTaken(id); ++number)
        id = wanted + '-' + QByteArray::number(number);
    return id;
}

void AddProviderDialog::takePreset()
{
    const ProviderPreset &service = preset();
    const ProviderConfig &defaults = service.defaults;
    m_id->setText(QString::fromUtf8(freeId(service.name)));
    m_baseUrl->clear();
    m_baseUrl->setPlaceholderText(!defaults.baseUrl.isEmpty() ? QString::fromUtf8(defaults.baseUrl)
                                  : !service.exampleUrl.isEmpty()
                                      ? tr("for example %1").arg(QString::fromUtf8(service.exampleUrl))
                                      : QString());
    m_baseUrl->setEnabled(defaults.protocol != Protocol::Simulator);
    m_model->clear();
    m_model->setPlaceholderText(QString::fromUtf8(defaults.defaultModel));
    auto *completer = new QCompleter(knownModels({.id = {}, .type = service.name}), m_model);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    delete m_model->completer();
    m_model->setCompleter(completer);
    m_keyPlace->setCurrentIndex(
        static_cast<int>(service.keyVariable.isEmpty() ? KeyPlace::None : KeyPlace::Environment));
    takeKeyPlace();
}

void AddProviderDialog::takeKeyPlace()
{
    m_keyName->setEnabled(keyPlace() != KeyPlace::None);
    const QByteArray name = keyPlace() == KeyPlace::Environment ? preset().keyVariable
                            : keyPlace() == KeyPlace::Keychain  ? m_id->text().toUtf8()
                                                                : QByteArray();
    m_keyName->setText(QString::fromUtf8(name));
    touch();
}

FormDialog::Edited AddProviderDialog::keyText() const
{
    const QByteArray name = m_keyName->text().trimmed().toUtf8();
    if (keyPlace() == KeyPlace::None)
        return QByteArray();
    if (name.isEmpty())
        return std::unexpected(tr("Say what the key is called, or choose “No key”."));
    if (looksLikeKey(name))
        return std::unexpected(tr("This looks like a key itself. Give the name under which it is kept."));
    const bool isVariable = keyPlace() == KeyPlace::Environment;
    if (isVariable && !isVariableName(name))
        return std::unexpected(tr("A variable's name has letters, digits and underscores only."));
    if (!isVariable && !isKeychainName(name))
        return std::unexpected(tr("A name in the keychain has letters, digits, dots, dashes and underscores only."));
    return (isVariable ? "${" : "${keychain:") + name + '}';
}

FormDialog::Edited AddProviderDialog::edited() const
{
    NewProvider provider{.id = m_id->text().trimmed().toUtf8(),
                         .type = preset().name,
                         .baseUrl = m_baseUrl->text().trimmed().toUtf8(),
                         .key = {},
                         .model = m_model->text().trimmed().toUtf8()};
    if (provider.id.isEmpty())
        return std::unexpected(tr("Give the provider a name."));
    if (freeId(provider.id) != provider.id)
        return std::unexpected(tr("There is a provider of that name already."));
    if (provider.baseUrl.isEmpty() && preset().defaults.baseUrl.isEmpty() &&
        preset().defaults.protocol != Protocol::Simulator)
        return std::unexpected(tr("This service has no address that is the same for all; give the base URL."));
    Edited key = keyText();
    if (!key)
        return key;
    provider.key = *key;
    return addProvider(text(), provider).transform_error([](const YamlSpliceError &error) {
        return QString::fromUtf8(error.toText());
    });
}

} // namespace lunargate::ui
