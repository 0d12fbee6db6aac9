// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/command_palette.h"

#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace lunargate::ui {

namespace {

constexpr int kShortcutRole = Qt::UserRole + 1;
constexpr int kActionRole = Qt::UserRole + 2;

/// An action's name, and its shortcut at the right.
class ActionDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::paint(painter, option, index);
        painter->setPen(option.palette.color(QPalette::PlaceholderText));
        painter->drawText(option.rect.adjusted(0, 0, -12, 0), Qt::AlignRight | Qt::AlignVCenter,
                          index.data(kShortcutRole).toString());
    }
};

} // namespace

int matchScore(const QString &typed, const QString &text)
{
    int score = 1;
    qsizetype from = 0;
    for (const QChar c : typed) {
        if (c.isSpace())
            continue;
        const qsizetype at = text.indexOf(c, from, Qt::CaseInsensitive);
        if (at < 0)
            return 0;
        const bool beginsWord = at == 0 || !text.at(at - 1).isLetterOrNumber();
        score += beginsWord ? 8 : at == from ? 5 : 1;
        from = at + 1;
    }
    return score;
}

CommandPalette::CommandPalette(const QList<QAction *> &actions, QWidget *parent)
    : QDialog(parent, Qt::Dialog | Qt::FramelessWindowHint),
      m_actions(actions),
      m_edit(new QLineEdit(this)),
      m_list(new QListView(this)),
      m_found(new QStandardItemModel(this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName("palette");
    setWindowTitle(tr("Commands"));
    m_edit->setPlaceholderText(tr("Type a command"));
    m_edit->setAccessibleName(tr("Command"));
    m_list->setAccessibleName(tr("Commands found"));
    m_list->setModel(m_found);
    m_list->setItemDelegate(new ActionDelegate(m_list));
    m_list->setFocusPolicy(Qt::NoFocus); // the keys reach it from the edit
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setUniformItemSizes(true);
    m_list->setIconSize(QSize(16, 16));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->addWidget(m_edit);
    layout->addWidget(m_list);
    resize(520, 360);
    if (parent)
        move(parent->mapToGlobal(QPoint((parent->width() - width()) / 2, 72)));

    m_edit->installEventFilter(this);
    connect(m_edit, &QLineEdit::textChanged, this, &CommandPalette::showMatches);
    connect(m_edit, &QLineEdit::returnPressed, this, &CommandPalette::run);
    connect(m_list, &QListView::clicked, this, &CommandPalette::run);
    showMatches({});
}

void CommandPalette::showMatches(const QString &typed)
{
    std::vector<std::pair<int, QAction *>> matches;
    for (QAction *action : m_actions) {
        const int score = matchScore(typed, action->text());
        if (score > 0 && action->isEnabled())
            matches.emplace_back(score, action);
    }
    std::ranges::stable_sort(matches, std::ranges::greater(), &std::pair<int, QAction *>::first);
    m_found->clear();
    for (const auto &[score, action] : matches) {
        auto *item = new QStandardItem(action->icon(), action->text());
        item->setData(action->shortcut().toString(QKeySequence::NativeText), kShortcutRole);
        item->setData(QVariant::fromValue(action), kActionRole);
        m_found->appendRow(item);
    }
    m_list->setCurrentIndex(m_found->index(0, 0));
}

void CommandPalette::run()
{
    auto *action = m_list->currentIndex().data(kActionRole).value<QAction *>();
    if (!action)
        return;
    close();
    action->trigger();
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        auto *key = static_cast<QKeyEvent *>(event);
        const bool isForList = key->key() == Qt::Key_Up || key->key() == Qt::Key_Down || key->key() == Qt::Key_PageUp ||
                               key->key() == Qt::Key_PageDown;
        if (isForList)
            return QCoreApplication::sendEvent(m_list, event);
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace lunargate::ui
