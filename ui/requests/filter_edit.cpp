// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/requests/filter_edit.h"

#include "ui/theme/icons.h"

#include <QInputMethodEvent>
#include <QAbstractItemView>
#include <QStyle>
#include <QTextCharFormat>
#include <QVBoxLayout>

namespace lunargate::ui {

namespace {

using namespace std::chrono_literals;

QStringList fieldNames()
{
    QStringList names;
    for (const HistoryField &field : historyFields())
        names.append(QString::fromUtf8(field.name) + u':');
    names.sort();
    return names;
}

/// The word that the cursor is at the end of.
QString wordBefore(const QLineEdit &edit)
{
    const QString before = edit.text().first(edit.cursorPosition());
    return before.sliced(before.lastIndexOf(u' ') + 1);
}

} // namespace

FilterEdit::FilterEdit(QWidget *parent)
    : QWidget(parent),
      m_edit(new QLineEdit(this)),
      m_problem(new QLabel(this)),
      m_completer(new QCompleter(fieldNames(), this))
{
    m_edit->setPlaceholderText(tr("Filter: provider:openai status:>=500 ttft:>2s -client:curl* \"some text\""));
    m_edit->setAccessibleName(tr("Filter"));
    m_edit->setClearButtonEnabled(true);
    m_edit->addAction(icon(Glyph::Search, Tone::Muted), QLineEdit::LeadingPosition);
    m_problem->setObjectName("problem");
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->hide();
    m_completer->setWidget(m_edit);
    m_completer->setCaseSensitivity(Qt::CaseInsensitive);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_edit);
    layout->addWidget(m_problem);
    setFocusProxy(m_edit);

    m_typing.setSingleShot(true);
    m_typing.setInterval(250ms);
    connect(&m_typing, &QTimer::timeout, this, &FilterEdit::read);
    connect(m_edit, &QLineEdit::textChanged, this, [this] { m_typing.start(); });
    connect(m_edit, &QLineEdit::textEdited, this, &FilterEdit::offerFields);
    connect(m_edit, &QLineEdit::returnPressed, this, &FilterEdit::read);
    connect(m_completer, qOverload<const QString &>(&QCompleter::activated), this, &FilterEdit::complete);
}

void FilterEdit::setText(const QString &text)
{
    m_edit->setText(text);
    read();
}

void FilterEdit::read()
{
    m_typing.stop();
    const QByteArray text = m_edit->text().toUtf8();
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto filter = readHistoryFilter(text, now);
    m_problem->setVisible(!filter);
    m_problem->setText(filter ? QString() : QString::fromUtf8(filter.error().message));
    m_edit->setProperty("invalid", !filter);
    m_edit->style()->polish(m_edit);
    if (!filter) {
        const qsizetype at = QString::fromUtf8(text.first(std::min(filter.error().position, text.size()))).size();
        const qsizetype end = m_edit->text().indexOf(u' ', at);
        underline(at, (end < 0 ? m_edit->text().size() : end) - at);
        return;
    }
    underline(0, 0);
    if (std::exchange(m_applied, m_edit->text()) != m_edit->text())
        Q_EMIT filterChanged(*filter);
}

// A line edit has no formats of its own; an input method's are shown in any text.
void FilterEdit::underline(qsizetype from, qsizetype length)
{
    QList<QInputMethodEvent::Attribute> attributes;
    if (length > 0) {
        QTextCharFormat format;
        format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        format.setUnderlineColor(coloursOf(palette()).error);
        attributes.append({QInputMethodEvent::TextFormat, static_cast<int>(from) - m_edit->cursorPosition(),
                           static_cast<int>(length), format});
    }
    QInputMethodEvent event({}, attributes);
    QCoreApplication::sendEvent(m_edit, &event);
}

void FilterEdit::offerFields()
{
    QString word = wordBefore(*m_edit);
    if (word.startsWith(u'-'))
        word.remove(0, 1);
    m_completer->setCompletionPrefix(word);
    const bool isOffered = !word.isEmpty() && !word.contains(u':') && m_completer->completionCount() > 0;
    if (!isOffered) {
        m_completer->popup()->hide();
        return;
    }
    QRect place = m_edit->inputMethodQuery(Qt::ImCursorRectangle).toRect();
    place.setWidth(160);
    m_completer->complete(place);
}

void FilterEdit::complete(const QString &field)
{
    const qsizetype typed = m_completer->completionPrefix().size();
    m_edit->setSelection(m_edit->cursorPosition() - static_cast<int>(typed), static_cast<int>(typed));
    m_edit->insert(field);
}

} // namespace lunargate::ui
