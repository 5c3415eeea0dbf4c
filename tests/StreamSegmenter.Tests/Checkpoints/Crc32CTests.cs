using System.Text;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Tests.Checkpoints;

public sealed class Crc32CTests
{
    /// <summary>From RFC 3720, B.4, and the customary check value.</summary>
    [Fact]
    public void It_gives_the_published_values()
    {
        Assert.Equal(0u, Crc32C.Of([]));
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Of(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
    }

    [Fact]
    public void Piece_by_piece_it_is_the_same_however_it_is_cut()
    {
        var text = Encoding.ASCII.GetBytes("the quick brown fox jumps over the lazy dog, twice");
        for (var cut = 0; cut <= text.Length; cut++)
        {
            Assert.Equal(Crc32C.Of(text), Crc32C.Append(Crc32C.Of(text.AsSpan(0, cut)), text.AsSpan(cut)));
        }
    }
}
