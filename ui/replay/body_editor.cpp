// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/replay/body_editor.h"

#include "ui/text/number_text.h"
#include "ui/text/pretty_json.h"
#include "ui/theme/icons.h"

#include <QFontDatabase>
#include <QHBoxLayout>

#include <algorithm>

namespace lunargate::ui {

QString bodyProblem(const QByteArray &text)
{
    const std::expected<json::Document, json::ParseError> document = json::Document::read(text);
    if (document)
        return document->root().isObject() ? QString() : BodyEditor::tr("A request is a JSON object: { … }");
    const QByteArrayView before = QByteArrayView(text).first(std::min(document.error().position, text.size()));
    const qsizetype lineBegin = before.lastIndexOf('\n') + 1;
    return BodyEditor::tr("Line %1, character %2: %3")
        .arg(std::ranges::count(before, '\n') + 1)
        .arg(QString::fromUtf8(before.sliced(lineBegin)).size() + 1)
        .arg(QString::fromUtf8(document.error().message));
}

BodyEditor::BodyEditor(QByteArray body, QWidget *parent)
    : QWidget(parent),
      m_original(std::move(body)),
      m_text(new QPlainTextEdit),
      m_note(new QLabel),
      m_reset(new QToolButton)
{
    auto *title = new QLabel(tr("&Body"));
    title->setObjectName("heading");
    title->setBuddy(m_text);
    m_reset->setProperty("flat", true);
    m_reset->setIcon(icon(Glyph::Refresh));
    m_reset->setToolTip(tr("Take all changes back"));
    m_reset->setAccessibleName(m_reset->toolTip());
    m_text->setAccessibleName(tr("The request's body"));
    m_text->setTabChangesFocus(true);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->document()->setDocumentMargin(8);
    m_note->setObjectName("problem");
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    auto *head = new QHBoxLayout;
    head->addWidget(title, 1);
    head->addWidget(m_reset);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addLayout(head);
    column->addWidget(m_text, 1);
    column->addWidget(m_note);
    connect(m_text, &QPlainTextEdit::textChanged, this, &BodyEditor::check);
    connect(m_text, &QPlainTextEdit::modificationChanged, m_reset, &QToolButton::setEnabled);
    connect(m_reset, &QToolButton::clicked, this, &BodyEditor::reset);
    reset();
}

void BodyEditor::reset()
{
    const QString text = prettyJson(m_original);
    m_isEditable = text.size() <= kMostCharacters;
    m_text->setReadOnly(!m_isEditable);
    m_text->setPlainText(m_isEditable ? text : QString());
    m_text->setPlaceholderText(
        m_isEditable ? QString()
                     : tr("%1 are too much to be changed here. They are sent as they are.").arg(sizeText(text.size())));
    m_text->document()->setModified(false);
    m_reset->setEnabled(false);
    check();
}

void BodyEditor::setText(const QString &text)
{
    m_text->setPlainText(text);
    m_text->document()->setModified(true);
    check();
}

QByteArray BodyEditor::body() const
{
    return isChanged() ? m_text->toPlainText().toUtf8() : m_original;
}

void BodyEditor::check()
{
    m_problem = m_isEditable ? bodyProblem(m_text->toPlainText().toUtf8()) : bodyProblem(m_original);
    m_note->setText(m_problem);
    m_note->setVisible(!m_problem.isEmpty());
    Q_EMIT checked();
}

} // namespace lunargate::ui
