using System.Text;
using StreamSegmenter.Events;

namespace StreamSegmenter.Tests.State;

public sealed class KeyHashTests
{
    /// <summary>Values that the reference implementation of XXH3 gives; records of customers hold such hashes.</summary>
    [Theory]
    [InlineData("", 0x2D06800538D394C2)]
    [InlineData("a", 0xE6C632B61E964E1F)]
    [InlineData("abc", 0x78AF5F94892F3950)]
    public void The_hash_of_a_key_is_XXH3_of_its_bytes(string key, ulong expected) =>
        Assert.Equal(expected, KeyHash.Of(Encoding.UTF8.GetBytes(key)));

    [Theory]
    [InlineData("", 0xe3b0c442)]
    [InlineData("abc", 0xba7816bf)]
    public void A_definition_s_hash_begins_SHA_256_of_its_text_whatever_keys_are_hashed_with(string text, uint expected) =>
        Assert.Equal(expected, DefinitionHash.Of(text));
}
