// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detail/text_sheet.h"

#include "ui/theme/colours.h"

#include <QEvent>
#include <QFontDatabase>
#include <QScrollBar>
#include <QTextBlock>

namespace lunargate::ui {

namespace {

// Qt lays a line out as a whole, and bodies of megabytes come in one.
constexpr qsizetype kLongestLine = 4096;

QTextCharFormat formatOf(TextBlock::Kind kind, const Colours &colours)
{
    QTextCharFormat format;
    format.setForeground(colours.text);
    switch (kind) {
    case TextBlock::Kind::Heading:
        format.setForeground(colours.accent);
        format.setFontWeight(QFont::DemiBold);
        break;
    case TextBlock::Kind::Code:
        format.setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
        break;
    case TextBlock::Kind::Note:
        format.setForeground(colours.muted);
        break;
    case TextBlock::Kind::Body:
        break;
    }
    return format;
}

void insertLines(QTextCursor &cursor, QStringView text, const QTextCharFormat &format)
{
    while (!text.isEmpty()) {
        qsizetype length = text.first(std::min(text.size(), kLongestLine)).indexOf(u'\n');
        const bool isWhole = length < 0 && text.size() <= kLongestLine;
        if (length < 0)
            length = std::min(text.size(), kLongestLine);
        cursor.insertText(text.first(length).toString(), format);
        text = text.sliced(std::min(text.size(), text.size() > length && text[length] == u'\n' ? length + 1 : length));
        if (!isWhole)
            cursor.insertBlock();
    }
}

} // namespace

TextSheet::TextSheet(QWidget *parent) : QPlainTextEdit(parent)
{
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setUndoRedoEnabled(false);
    setTabChangesFocus(true);
    document()->setDocumentMargin(8);
}

void TextSheet::setBlocks(TextBlocks blocks)
{
    m_blocks = std::move(blocks);
    render();
    verticalScrollBar()->setValue(0);
}

void TextSheet::changeEvent(QEvent *event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !m_blocks.empty())
        render();
}

void TextSheet::render()
{
    const Colours colours = coloursOf(palette());
    const int scrolled = verticalScrollBar()->value();
    clear();
    QTextCursor cursor(document());
    cursor.beginEditBlock();
    qsizetype room = kMostCharacters;
    for (const TextBlock &block : m_blocks) {
        if (!cursor.atStart()) {
            cursor.insertBlock();
            if (block.kind == TextBlock::Kind::Heading)
                cursor.insertBlock();
        }
        const QStringView text = QStringView(block.text).first(std::min(block.text.size(), room));
        insertLines(cursor, text, formatOf(block.kind, colours));
        room -= text.size();
        if (text.size() < block.text.size()) {
            cursor.insertBlock();
            cursor.insertText(tr("… the rest is not shown; copy or export the request to have all of it"),
                              formatOf(TextBlock::Kind::Note, colours));
            break;
        }
    }
    cursor.endEditBlock();
    verticalScrollBar()->setValue(scrolled);
}

} // namespace lunargate::ui
