// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/import_dialog.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QVBoxLayout>

namespace lunargate::ui {

namespace {

constexpr int kWidth = 560;

QLabel *label(const QString &text, const char *name)
{
    auto *label = new QLabel(text);
    label->setObjectName(name);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

ImportDialog::ImportDialog(std::vector<KeyInEnvironment> keys, const QByteArrayList &existing, QWidget *parent)
    : QDialog(parent), m_keys(std::move(keys)), m_list(new QListWidget)
{
    setWindowTitle(tr("Import keys"));
    setMinimumWidth(kWidth);
    m_list->setSpacing(3);
    m_list->setTextElideMode(Qt::ElideRight);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setAccessibleName(tr("Variables with keys"));
    for (const KeyInEnvironment &key : m_keys) {
        QString text =
            tr("%1 as %2, for %3")
                .arg(QString::fromUtf8(key.variable), QString::fromUtf8(key.name), QString::fromUtf8(key.origin));
        if (existing.contains(key.name))
            text += tr(" · replaces");
        auto *item = new QListWidgetItem(text, m_list);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(Qt::Unchecked);
    }
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_import = buttons->addButton(tr("Put into the keychain"), QDialogButtonBox::AcceptRole);
    m_import->setEnabled(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 18, 20, 16);
    layout->setSpacing(12);
    layout->addWidget(label(tr("Import keys from the environment"), "title"));
    layout->addWidget(label(m_keys.empty()
                                ? tr("No variable with a key of a known service, such as OPENAI_API_KEY, is set for "
                                     "this program.")
                                : tr("These variables are set. Each key is bound to its service's address. The "
                                     "variables stay as they are."),
                            "muted"));
    layout->addWidget(m_list, 1);
    m_list->setVisible(!m_keys.empty());
    layout->addWidget(buttons);
    m_import->setDefault(true); // now that it is the dialog's; before, Cancel would be
    connect(m_list, &QListWidget::itemChanged, this, [this] { m_import->setEnabled(!chosen().empty()); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        accept();
        Q_EMIT keysChosen(chosen());
    });
    if (!m_keys.empty())
        m_list->setCurrentRow(0);
}

std::vector<KeyInEnvironment> ImportDialog::chosen() const
{
    std::vector<KeyInEnvironment> keys;
    for (int row = 0; row < m_list->count(); ++row) {
        if (m_list->item(row)->checkState() == Qt::Checked)
            keys.push_back(m_keys[static_cast<size_t>(row)]);
    }
    return keys;
}

} // namespace lunargate::ui
