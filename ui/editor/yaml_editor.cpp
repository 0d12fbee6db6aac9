// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/yaml_editor.h"

#include "ui/editor/yaml_scan.h"
#include "ui/text/plain_tool_tip.h"
#include "ui/theme/icons.h"

#include <QFontDatabase>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QToolTip>

#include <algorithm>
#include <utility>

namespace lunargate::ui {

namespace {

constexpr QByteArrayView kByteOrderMark = "\xEF\xBB\xBF";
constexpr int kMarkMargin = 1;
constexpr int kFoldMargin = 2;
constexpr int kSpaceWidth = 6;
constexpr int kFirstMark = 1;      // of a marker and its underline for each kind of finding
constexpr int kFirstUnderline = 8; // those below belong to lexers
constexpr int kMarkSize = 14;

const std::pair<Glyph, Tone> kSigns[] = {
    {Glyph::Cross, Tone::Error}, {Glyph::Caution, Tone::Warning}, {Glyph::Bookmark, Tone::Muted}};

int numberOf(Finding::Kind kind)
{
    return static_cast<int>(kind);
}

/// `share` of `over`, on `under`.
QColor mix(const QColor &over, const QColor &under, double share)
{
    const auto part = [share](int one, int other) { return static_cast<int>(one * share + other * (1 - share)); };
    return {part(over.red(), under.red()), part(over.green(), under.green()), part(over.blue(), under.blue())};
}

long colourNumber(const QColor &colour)
{
    return colour.red() | colour.green() << 8 | colour.blue() << 16;
}

bool isInCharacter(char byte)
{
    return (static_cast<uchar>(byte) & 0xC0) == 0x80;
}

} // namespace

YamlEditor::YamlEditor(const SchemaHelp &schema, QWidget *parent)
    : QsciScintilla(parent), m_schema(schema), m_lexer(new QsciLexerYAML(this))
{
    setAccessibleName(tr("Configuration as YAML"));
    setUp();
    freeKeys();
    paintInThemesColours();
}

void YamlEditor::setUp()
{
    setUtf8(true);
    setFrameShape(QFrame::NoFrame);
    setLexer(m_lexer);
    setIndentationsUseTabs(false);
    setIndentationWidth(2);
    setTabWidth(2);
    setAutoIndent(true);
    setBackspaceUnindents(true);
    setTabIndents(true);
    setIndentationGuides(true);
    setCaretLineVisible(true);
    setBraceMatching(SloppyBraceMatch);
    setMarginLineNumbers(0, true);
    setMarginType(kMarkMargin, SymbolMargin);
    setMarginWidth(kMarkMargin, kMarkSize + 4);
    int marks = 0;
    for (int kind = 0; kind < 3; ++kind) {
        marks |= 1 << (kFirstMark + kind);
        indicatorDefine(kind == numberOf(Finding::Kind::Hint) ? DotsIndicator : SquiggleIndicator,
                        kFirstUnderline + kind);
    }
    setMarginMarkerMask(kMarkMargin, marks);
    setFolding(PlainFoldStyle, kFoldMargin);
    setMarginWidth(kFoldMargin, kMarkSize);
    SendScintilla(SCI_SETSCROLLWIDTH, 1);
    SendScintilla(SCI_SETSCROLLWIDTHTRACKING, 1);
    SendScintilla(SCI_SETEXTRAASCENT, 2);
    SendScintilla(SCI_SETEXTRADESCENT, 2);
    SendScintilla(SCI_SETMARGINLEFT, 0, kSpaceWidth);
    connect(this, &QsciScintilla::linesChanged, this, [this] {
        setMarginWidth(0, QString(std::max(3, static_cast<int>(QString::number(lines()).size())) + 1, u'9'));
    });
}

// Of the program's own shortcuts, and of Escape, which closes things here.
void YamlEditor::freeKeys()
{
    for (const QsciCommand::Command command :
         {QsciCommand::SelectionUpperCase, QsciCommand::SelectionLowerCase, QsciCommand::Cancel}) {
        if (QsciCommand *known = standardCommands()->find(command))
            known->setKey(0);
    }
}

void YamlEditor::paintInThemesColours()
{
    m_isPainting = true;
    const Colours colours = coloursOf(palette());
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(fontInfo().pointSizeF()); // QScintilla knows no pixels
    m_lexer->setDefaultPaper(colours.surface);
    m_lexer->setDefaultColor(colours.text);
    m_lexer->setPaper(colours.surface, -1);
    m_lexer->setColor(colours.text, -1);
    m_lexer->setFont(font, -1);
    const std::pair<int, QColor> styles[] = {{QsciLexerYAML::Comment, colours.muted},
                                             {QsciLexerYAML::Identifier, colours.accent},
                                             {QsciLexerYAML::Keyword, colours.ok},
                                             {QsciLexerYAML::Number, colours.ok},
                                             {QsciLexerYAML::Reference, colours.warning},
                                             {QsciLexerYAML::DocumentDelimiter, colours.muted},
                                             {QsciLexerYAML::TextBlockMarker, colours.muted},
                                             {QsciLexerYAML::SyntaxErrorMarker, colours.error},
                                             {QsciLexerYAML::Operator, colours.muted}};
    for (const auto &[style, colour] : styles)
        m_lexer->setColor(colour, style);
    setPaper(colours.surface);
    setCaretForegroundColor(colours.text);
    setCaretLineBackgroundColor(mix(colours.hover, colours.surface, 0.45));
    setSelectionBackgroundColor(colours.selection);
    setSelectionForegroundColor(colours.text);
    setMarginsFont(font);
    setMarginsBackgroundColor(colours.surface);
    setMarginsForegroundColor(colours.muted);
    setFoldMarginColors(colours.surface, colours.surface);
    setMatchedBraceBackgroundColor(colours.selection);
    setMatchedBraceForegroundColor(colours.text);
    setUnmatchedBraceForegroundColor(colours.error);
    setUnmatchedBraceBackgroundColor(colours.surface);
    setIndentationGuidesForegroundColor(colours.border);
    setIndentationGuidesBackgroundColor(colours.surface);
    for (unsigned long marker = SC_MARKNUM_FOLDEREND; marker <= SC_MARKNUM_FOLDEROPEN; ++marker) {
        SendScintilla(SCI_MARKERSETFORE, marker, colourNumber(colours.muted));
        SendScintilla(SCI_MARKERSETBACK, marker, colourNumber(colours.muted));
    }
    for (int kind = 0; kind < 3; ++kind) {
        const auto &[glyph, tone] = kSigns[kind];
        markerDefine(icon(glyph, tone).pixmap(kMarkSize, kMarkSize), kFirstMark + kind);
        setIndicatorForegroundColor(colours.of(tone), kFirstUnderline + kind);
    }
    setMarginWidth(0, QString(4, u'9'));
    m_isPainting = false;
}

void YamlEditor::changeEvent(QEvent *event)
{
    QsciScintilla::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !m_isPainting)
        paintInThemesColours();
}

QByteArray YamlEditor::contents() const
{
    const auto size = static_cast<int>(SendScintilla(SCI_GETLENGTH));
    const QByteArray text = bytes(0, size).first(size); // without the zero that QScintilla puts behind it
    return m_hasByteOrderMark ? kByteOrderMark.toByteArray() + text : text;
}

QByteArray YamlEditor::takeForm(const QByteArray &text)
{
    m_hasByteOrderMark = text.startsWith(kByteOrderMark);
    setEolMode(text.contains("\r\n") ? EolWindows : EolUnix);
    return m_hasByteOrderMark ? text.sliced(kByteOrderMark.size()) : text;
}

void YamlEditor::setContents(const QByteArray &contents)
{
    const QByteArray text = takeForm(contents);
    SendScintilla(SCI_SETUNDOCOLLECTION, 0UL);
    SendScintilla(SCI_CLEARALL);
    SendScintilla(SCI_ADDTEXT, static_cast<unsigned long>(text.size()), text.constData());
    SendScintilla(SCI_SETUNDOCOLLECTION, 1UL);
    SendScintilla(SCI_EMPTYUNDOBUFFER);
    SendScintilla(SCI_GOTOPOS, 0UL);
}

void YamlEditor::replaceContents(const QByteArray &text)
{
    const QByteArray old = contents().sliced(m_hasByteOrderMark ? kByteOrderMark.size() : 0);
    const QByteArray now = takeForm(text);
    const qsizetype shorter = std::min(old.size(), now.size());
    qsizetype head = std::mismatch(old.begin(), old.begin() + shorter, now.begin()).first - old.begin();
    while (head > 0 && head < old.size() && isInCharacter(old[head]))
        --head;
    const auto mostTail = old.rbegin() + (shorter - head);
    qsizetype tail = std::mismatch(old.rbegin(), mostTail, now.rbegin()).first - old.rbegin();
    while (tail > 0 && isInCharacter(old[old.size() - tail]))
        --tail;
    if (old.size() == now.size() && head == old.size())
        return;

    int line = 0;
    int column = 0;
    getCursorPosition(&line, &column);
    const int firstLine = firstVisibleLine();
    const QByteArray middle = now.sliced(head, now.size() - head - tail);
    SendScintilla(SCI_BEGINUNDOACTION);
    SendScintilla(SCI_SETTARGETRANGE, static_cast<unsigned long>(head), static_cast<long>(old.size() - tail));
    SendScintilla(SCI_REPLACETARGET, static_cast<unsigned long>(middle.size()), middle.constData());
    SendScintilla(SCI_ENDUNDOACTION);
    line = std::min(line, lines() - 1);
    setCursorPosition(line, std::min(column, static_cast<int>(this->text(line).toUcs4().size())));
    setFirstVisibleLine(firstLine);
}

void YamlEditor::replaceText(const QString &text)
{
    replaceContents((m_hasByteOrderMark ? kByteOrderMark.toByteArray() : QByteArray()) + text.toUtf8());
}

qsizetype YamlEditor::lengthAt(int line, int column) const
{
    const QList<uint> characters = text(line).toUcs4();
    const auto isEnd = [](uint c) { return QStringView(u" \t\r\n,{}[]#").contains(QChar(static_cast<char16_t>(c))); };
    qsizetype end = column;
    if (end < characters.size() && (characters[end] == U'"' || characters[end] == U'\'')) {
        const qsizetype quote = characters.indexOf(characters[end], end + 1);
        return quote < 0 ? 1 : quote + 1 - column;
    }
    while (end < characters.size() && !isEnd(characters[end]))
        ++end;
    return std::max<qsizetype>(end - column, 1);
}

void YamlEditor::mark(const Finding &finding)
{
    const int line = std::min(finding.line, lines()) - 1;
    const int column = std::max(finding.column - 1, 0);
    markerAdd(line, kFirstMark + numberOf(finding.kind));
    fillIndicatorRange(line, column, line, column + static_cast<int>(lengthAt(line, column)),
                       kFirstUnderline + numberOf(finding.kind));
}

void YamlEditor::setFindings(const std::vector<Finding> &findings)
{
    m_findings = findings;
    const auto end = static_cast<long>(SendScintilla(SCI_GETLENGTH));
    for (int kind = 0; kind < 3; ++kind) {
        markerDeleteAll(kFirstMark + kind);
        SendScintilla(SCI_SETINDICATORCURRENT, static_cast<unsigned long>(kFirstUnderline + kind));
        SendScintilla(SCI_INDICATORCLEARRANGE, 0UL, end);
    }
    for (const Finding &finding : findings) {
        if (finding.file.isEmpty() && finding.line > 0)
            mark(finding);
    }
}

void YamlEditor::goTo(int line, int column)
{
    const int index = std::clamp(line, 1, lines()) - 1;
    ensureLineVisible(index);
    const auto length = static_cast<int>(text(index).toUcs4().size());
    setCursorPosition(index, std::clamp(column - 1, 0, length));
    const auto visible = static_cast<int>(SendScintilla(SCI_LINESONSCREEN));
    if (index < firstVisibleLine() + 2 || index > firstVisibleLine() + visible - 2)
        setFirstVisibleLine(std::max(index - visible / 3, 0));
}

QString YamlEditor::textBeforeCursor() const
{
    const auto at = static_cast<int>(SendScintilla(SCI_GETCURRENTPOS));
    return QString::fromUtf8(bytes(0, at).first(at));
}

void YamlEditor::replaceBeforeCursor(qsizetype characters, const QString &text)
{
    const auto at = static_cast<long>(SendScintilla(SCI_GETCURRENTPOS));
    const auto replaced = static_cast<long>(textBeforeCursor().last(characters).toUtf8().size());
    SendScintilla(SCI_SETSEL, static_cast<unsigned long>(at - replaced), at);
    replaceSelectedText(text);
}

QPoint YamlEditor::pointBelowCursor() const
{
    const auto at = static_cast<long>(SendScintilla(SCI_GETCURRENTPOS));
    const auto x = static_cast<int>(SendScintilla(SCI_POINTXFROMPOSITION, 0UL, at));
    const auto y = static_cast<int>(SendScintilla(SCI_POINTYFROMPOSITION, 0UL, at));
    return {x, y + static_cast<int>(SendScintilla(SCI_TEXTHEIGHT, 0UL))};
}

QString YamlEditor::helpAt(long position) const
{
    const auto at = static_cast<int>(position);
    const auto line = static_cast<int>(SendScintilla(SCI_LINEFROMPOSITION, static_cast<unsigned long>(position)));
    QStringList paragraphs;
    for (const Finding &finding : m_findings) {
        if (finding.file.isEmpty() && finding.line == line + 1)
            paragraphs.append(finding.message);
    }
    const QString all = text();
    const qsizetype offset = QString::fromUtf8(bytes(0, at).first(at)).size();
    for (const YamlEntry &entry : yamlEntries(all)) {
        const bool isKey = entry.key <= offset && offset <= entry.keyEnd && entry.keyEnd > entry.key;
        const bool isValue = entry.value <= offset && offset <= entry.valueEnd && entry.valueEnd > entry.value;
        if (!isKey && !isValue)
            continue;
        const QString help = m_schema.describe(entry.path);
        if (!help.isEmpty())
            paragraphs.append(pathText(entry.path) + u'\n' + help);
        break;
    }
    return paragraphs.join(QStringLiteral("\n\n"));
}

void YamlEditor::showHelp()
{
    QToolTip::showText(mapToGlobal(pointBelowCursor()), plainToolTip(helpAt(SendScintilla(SCI_GETCURRENTPOS))), this);
}

void YamlEditor::keyPressEvent(QKeyEvent *event)
{
    const int key = event->key();
    const bool isChoice = key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Tab || key == Qt::Key_Escape;
    if (isChoice && m_popup && m_popup->isVisible())
        event->ignore(); // QCompleter asks the editor first
    else
        QsciScintilla::keyPressEvent(event);
}

bool YamlEditor::viewportEvent(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QsciScintilla::viewportEvent(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    const auto [x, y] = std::pair(help->pos().x(), help->pos().y());
    long position = SendScintilla(SCI_POSITIONFROMPOINTCLOSE, static_cast<unsigned long>(x), static_cast<long>(y));
    if (position < 0 && x < kMarkSize * 5) // on the marks at the side
        position = SendScintilla(SCI_POSITIONFROMPOINT, static_cast<unsigned long>(x), static_cast<long>(y));
    const QString text = position < 0 ? QString() : helpAt(position);
    if (text.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), plainToolTip(text), this);
    return true;
}

} // namespace lunargate::ui
