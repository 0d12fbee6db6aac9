// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/key_dialog.h"

#include "gateway/config/expansion.h"
#include "gateway/config/origin.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace lunargate::ui {

namespace {

constexpr int kWidth = 460;

/// What the address of a service in the list is for.
enum class Choice { Service, Other, Any };

QLabel *label(const QString &text, const char *name)
{
    auto *label = new QLabel(text);
    label->setObjectName(name);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

KeyDialog::KeyDialog(const Options &options, QWidget *parent)
    : QDialog(parent),
      m_origin(options.origin),
      m_taken(options.taken),
      m_service(new QComboBox),
      m_address(new QLineEdit),
      m_name(new QLineEdit(QString::fromUtf8(options.name))),
      m_secret(new SecretEdit),
      m_problem(label({}, "problem"))
{
    setWindowTitle(options.title);
    setMinimumWidth(kWidth);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    QPushButton *save = buttons->addButton(tr("Put into the keychain"), QDialogButtonBox::AcceptRole);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 18, 20, 16);
    layout->setSpacing(12);
    layout->addWidget(label(options.title, "title"));
    layout->addWidget(makeFields(options));
    layout->addWidget(
        label(tr("It goes into the desktop's keychain and is never shown again. A key that is bound to an "
                 "address is sent there only, whatever the configuration says."),
              "muted"));
    layout->addWidget(m_problem);
    layout->addWidget(buttons);
    save->setDefault(true); // now that it is the dialog's; before, Cancel would be
    m_problem->hide();
    connect(buttons, &QDialogButtonBox::accepted, this, &KeyDialog::give);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(this, &QDialog::finished, m_secret, &SecretEdit::wipe);
    (options.origin ? static_cast<QWidget *>(m_secret) : m_service)->setFocus();
}

QWidget *KeyDialog::makeFields(const Options &options)
{
    auto *fields = new QWidget;
    auto *form = new QFormLayout(fields);
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(16);
    form->setVerticalSpacing(10);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_service->setAccessibleName(tr("Service"));
    m_address->setAccessibleName(tr("Address"));
    m_address->setPlaceholderText(QStringLiteral("https://llm.example.com"));
    m_name->setAccessibleName(tr("Name of the key"));
    m_secret->setAccessibleName(tr("Secret"));
    m_secret->setPlaceholderText(tr("Paste the key here"));
    if (options.origin) {
        const QString origin = QString::fromUtf8(*options.origin);
        form->addRow(tr("Bound to"), label(origin.isEmpty() ? tr("any address") : origin, "plain"));
        m_service->setParent(fields);
        m_address->setParent(fields);
        m_service->hide();
        m_address->hide();
    } else {
        form->addRow(tr("Service"), m_service);
        form->addRow(tr("Address"), m_address);
        fillServices(options);
    }
    m_name->setReadOnly(!options.name.isEmpty());
    form->addRow(tr("Name"), m_name);
    form->addRow(tr("Secret"), m_secret);
    return fields;
}

void KeyDialog::fillServices(const Options &options)
{
    for (const KeyService &service : options.services) {
        m_service->addItem(QString::fromUtf8(service.name), QVariant::fromValue(Choice::Service));
        m_service->setItemData(m_service->count() - 1, service.origin, Qt::UserRole + 1);
    }
    m_service->addItem(tr("Another address"), QVariant::fromValue(Choice::Other));
    m_service->addItem(tr("Any address (not bound)"), QVariant::fromValue(Choice::Any));
    connect(m_service, &QComboBox::currentIndexChanged, this, &KeyDialog::takeService);
    takeService();
}

void KeyDialog::takeService()
{
    const auto choice = m_service->currentData().value<Choice>();
    m_address->setText(QString::fromUtf8(m_service->currentData(Qt::UserRole + 1).toByteArray()));
    m_address->setEnabled(choice == Choice::Other);
    if (!m_name->isReadOnly() && !m_name->isModified())
        m_name->setText(choice == Choice::Service ? m_service->currentText() : QString());
}

std::optional<QByteArray> KeyDialog::origin() const
{
    if (m_origin)
        return m_origin;
    if (m_service->currentData().value<Choice>() == Choice::Any)
        return QByteArray();
    const QByteArray origin = originOf(m_address->text().trimmed().toUtf8());
    return origin.isEmpty() ? std::nullopt : std::optional(origin);
}

void KeyDialog::give()
{
    const std::optional<QByteArray> bound = origin();
    const QByteArray name = m_name->text().trimmed().toUtf8();
    if (!bound)
        return showProblem(tr("Write an address such as https://llm.example.com."), m_address);
    if (!isKeyName(name))
        return showProblem(tr("A name has letters, digits, dots, dashes and underscores."), m_name);
    if (m_taken.contains(name))
        return showProblem(tr("There is a key of this name; close this, choose it, and replace it."), m_name);
    if (m_secret->text().trimmed().isEmpty())
        return showProblem(tr("Paste the key into the field."), m_secret);
    const KeychainEntry entry{.secret = m_secret->take(), .origin = *bound};
    accept();
    Q_EMIT keyGiven(name, entry);
}

void KeyDialog::showProblem(const QString &problem, QWidget *field)
{
    m_problem->setText(problem);
    m_problem->show();
    field->setFocus();
}

} // namespace lunargate::ui
