// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/yaml_completer.h"

#include "ui/theme/colours.h"

#include <QAbstractItemView>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>

#include <algorithm>

namespace lunargate::ui {

namespace {

constexpr int kDescription = Qt::UserRole;
constexpr int kPopupWidth = 560;
constexpr int kNameWidth = 190;
constexpr int kMargin = 8;
constexpr int kRowSpace = 8;
constexpr int kLongestScanned = 256 * 1024; // bytes that are read for each letter

/// A key, and next to it what it is for.
class ChoiceDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Colours colours = coloursOf(option.palette);
        if (option.state.testFlag(QStyle::State_Selected))
            painter->fillRect(option.rect, colours.selection);
        const QRect area = option.rect.adjusted(kMargin, 0, -kMargin, 0);
        const QString description = index.data(kDescription).toString();
        const int width = description.isEmpty() ? area.width() : kNameWidth;
        draw(painter, option, colours.text, area.adjusted(0, 0, width - area.width(), 0), index.data().toString());
        draw(painter, option, colours.muted, area.adjusted(kNameWidth + kMargin, 0, 0, 0), description);
    }

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const override
    {
        return {kPopupWidth, option.fontMetrics.height() + kRowSpace};
    }

private:
    static void draw(QPainter *painter, const QStyleOptionViewItem &option, const QColor &colour, const QRect &area,
                     const QString &text)
    {
        painter->setPen(colour);
        painter->drawText(area, Qt::AlignVCenter | Qt::TextSingleLine,
                          option.fontMetrics.elidedText(text, Qt::ElideRight, area.width()));
    }
};

std::vector<SchemaHelp::Choice> providersIn(const QString &text)
{
    std::vector<SchemaHelp::Choice> names;
    for (const YamlEntry &entry : yamlEntries(text)) {
        if (entry.path.size() == 2 && entry.path.constFirst() == u"providers")
            names.push_back({entry.path.constLast(), {}});
    }
    return names;
}

} // namespace

std::vector<SchemaHelp::Choice> completionsAfter(const YamlPlace &place, const QString &text, const SchemaHelp &schema)
{
    if (!place.isValue) {
        std::vector<SchemaHelp::Choice> keys = schema.keysAt(place.path);
        return keys.empty() ? schema.valuesAt(place.path) : keys;
    }
    const bool isReference = place.path.constLast() == u"provider" && place.path.constFirst() == u"routing";
    return isReference ? providersIn(text) : schema.valuesAt(place.path);
}

YamlCompleter::YamlCompleter(YamlEditor &editor, const SchemaHelp &schema) : m_editor(editor), m_schema(schema)
{
    m_completer.setModel(&m_choices);
    m_completer.setWidget(&editor);
    m_completer.setCaseSensitivity(Qt::CaseInsensitive);
    m_completer.popup()->setItemDelegate(new ChoiceDelegate(m_completer.popup()));
    m_completer.popup()->setAccessibleName(tr("Completions"));
    editor.setPopup(m_completer.popup());
    connect(&m_completer, qOverload<const QString &>(&QCompleter::activated), this, &YamlCompleter::complete);
    connect(&editor, &QsciScintillaBase::SCN_CHARADDED, this, [this] { offer(false); }, Qt::QueuedConnection);
    const auto follow = [this] {
        if (m_completer.popup()->isVisible())
            offer(false);
    };
    connect(&editor, &QsciScintilla::textChanged, this, follow, Qt::QueuedConnection);
}

void YamlCompleter::offer(bool isAsked)
{
    if (!isAsked && m_editor.length() > kLongestScanned) {
        m_completer.popup()->hide();
        return;
    }
    const QString before = m_editor.textBeforeCursor();
    const std::optional<YamlPlace> place = yamlPlaceAfter(before);
    m_choices.clear();
    const bool isWanted = place && (isAsked || place->isValue || !place->partial.isEmpty());
    if (isWanted) {
        m_place = *place;
        for (const SchemaHelp::Choice &choice : completionsAfter(*place, m_editor.text(), m_schema)) {
            auto *item = new QStandardItem(choice.text);
            item->setData(choice.description.section(u'\n', 0, 0), kDescription);
            m_choices.appendRow(item);
        }
        m_completer.setCompletionPrefix(place->partial);
    }
    const bool isWritten =
        isWanted && m_completer.completionCount() == 1 && m_completer.currentCompletion() == place->partial;
    if (!isWanted || m_completer.completionCount() == 0 || isWritten) {
        m_completer.popup()->hide();
        return;
    }
    const QPoint at = m_editor.pointBelowCursor();
    m_completer.complete(QRect(at.x(), at.y() - 1, kPopupWidth, 2));
    m_completer.popup()->setCurrentIndex(m_completer.completionModel()->index(0, 0));
}

void YamlCompleter::complete(const QString &choice)
{
    QString text = choice;
    const bool isKey = !m_place.isValue && !m_schema.keysAt(m_place.path).empty();
    if (isKey) {
        const QStringList path = m_place.path + QStringList{choice};
        const bool isCollection =
            !m_schema.keysAt(path).empty() || !m_schema.keysAt(path + QStringList{QString(kListItem)}).empty();
        text += isCollection ? QStringLiteral(":") : QStringLiteral(": ");
    }
    m_editor.replaceBeforeCursor(m_place.partial.size(), text);
    if (text.endsWith(u' ')) // a value follows
        QMetaObject::invokeMethod(this, [this] { offer(false); }, Qt::QueuedConnection);
}

} // namespace lunargate::ui
