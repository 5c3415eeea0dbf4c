using System.Text;
using System.Text.RegularExpressions;

namespace StreamSegmenter.Aggregates;

internal enum TextOp : byte
{
    Compare,
    Contains,
    StartsWith,
    EndsWith,

    /// <summary>A regular expression that is found in the text.</summary>
    Matches,
}

/// <summary>A test of a UTF-8 text against a constant, byte by byte. A missing (empty) text passes none.</summary>
internal sealed class TextTest(TextOp op, Comparison comparison, string constant)
{
    private const int StackChars = 512;

    private readonly byte[] _constant = Encoding.UTF8.GetBytes(constant);
    private readonly Regex? _regex = op == TextOp.Matches ? Compile(constant) : null;

    /// <summary>The expression without backtracking, so that no text takes more than linear time.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    /// <exception cref="NotSupportedException">It needs backtracking: it looks around or refers back.</exception>
    public static Regex Compile(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    public bool Holds(ReadOnlySpan<byte> text) => !text.IsEmpty && op switch
    {
        TextOp.Contains => text.IndexOf(_constant) >= 0,
        TextOp.StartsWith => text.StartsWith(_constant),
        TextOp.EndsWith => text.EndsWith(_constant),
        TextOp.Matches => Matches(text),
        _ => comparison.Holds(text.SequenceCompareTo(_constant)),
    };

    private bool Matches(ReadOnlySpan<byte> text)
    {
        var chars = text.Length <= StackChars ? stackalloc char[StackChars] : new char[text.Length];
        return _regex!.IsMatch(chars[..Encoding.UTF8.GetChars(text, chars)]);
    }
}
