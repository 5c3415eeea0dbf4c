using System.Text;
using StreamSegmenter.Events;

namespace StreamSegmenter.Definitions;

/// <summary>A short stable name for a definition's content, so that outputs say by which version they were decided.</summary>
public static class DefinitionHash
{
    /// <summary>32 bits of a hash of the canonical text.</summary>
    public static uint Of(string canonicalText)
    {
        var hash = KeyHash.Of(Encoding.UTF8.GetBytes(canonicalText));
        return unchecked((uint)(hash ^ (hash >> 32)));
    }

    /// <summary>The same as eight hexadecimal digits.</summary>
    public static string TextOf(string canonicalText) => Of(canonicalText).ToString("x8");
}
