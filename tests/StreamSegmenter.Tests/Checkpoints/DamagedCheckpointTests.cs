namespace StreamSegmenter.Tests.Checkpoints;

/// <summary>Rows 2 and 3 of the fault matrix: whatever befalls the files of a checkpoint, it is used right or not at all.</summary>
public sealed class DamagedCheckpointTests : IDisposable
{
    private readonly KeptShard _kept = new();
    private readonly string _location;
    private readonly string _intact;
    private readonly SortedDictionary<string, string> _truth;

    public DamagedCheckpointTests()
    {
        using (var shard = _kept.Restore())
        {
            for (var i = 0; i < 2; i++)
            {
                _kept.Commit(shard, (1, [(byte)i]), (2 + i, [7, 8, 9]), (10, null));
                _kept.Checkpoint(shard);
            }

            _kept.Commit(shard, (2, null), (5, [5]));
        }

        _truth = _kept.Truth();
        _location = _kept.Location();
        _intact = Path.Combine(_kept.Root, "intact");
        Copy(_location, _intact);
    }

    public void Dispose() => _kept.Dispose();

    [Theory]
    [InlineData("0000000002.checkpoint")]
    [InlineData("0000000002.manifest")]
    public void A_single_bit_anywhere_is_enough_to_fall_back_to_the_older_one(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(_intact, name));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertFallsBack(name, damaged, $"bit {bit}");
        }
    }

    [Theory]
    [InlineData("0000000002.checkpoint")]
    [InlineData("0000000002.manifest")]
    public void Cut_off_anywhere_it_is_not_there(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(_intact, name));
        for (var length = 0; length < bytes.Length; length++)
        {
            AssertFallsBack(name, bytes[..length], $"cut at {length}");
        }
    }

    [Theory]
    [InlineData("0000000002.checkpoint")]
    [InlineData("0000000002.manifest")]
    public void Zeroes_instead_of_any_eight_bytes_are_noticed_and_so_is_anything_behind_the_end(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(_intact, name));
        for (var at = 0; at + 8 <= bytes.Length; at++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged.AsSpan(at, 8).Clear();
            if (!damaged.AsSpan().SequenceEqual(bytes))
            {
                AssertFallsBack(name, damaged, $"zeroes at {at}");
            }
        }

        AssertFallsBack(name, new byte[bytes.Length], "all zeroes");
        AssertFallsBack(name, [.. bytes, 0], "one byte more");
        AssertFallsBack(name, [.. bytes, .. bytes], "twice");
    }

    [Theory]
    [InlineData("0000000002.checkpoint")]
    [InlineData("0000000002.manifest")]
    public void Missing_it_is_not_there(string name) => AssertFallsBack(name, null, "missing");

    [Fact]
    public void The_file_of_another_checkpoint_under_its_name_is_not_it()
    {
        AssertFallsBack("0000000002.checkpoint", File.ReadAllBytes(Path.Combine(_intact, "0000000001.checkpoint")), "data of the first");
        AssertFallsBack("0000000002.manifest", File.ReadAllBytes(Path.Combine(_intact, "0000000001.manifest")), "manifest of the first");
    }

    [Fact]
    public void With_both_damaged_the_whole_changelog_is_read()
    {
        foreach (var name in (string[])["0000000001.checkpoint", "0000000002.checkpoint"])
        {
            var path = Path.Combine(_location, name);
            var bytes = File.ReadAllBytes(path);
            bytes[^1] ^= 1;
            File.WriteAllBytes(path, bytes);
        }

        using var restored = _kept.Restore();
        Assert.Equal(0, _kept.Lines.RestoredFrom);
        Assert.Equal(_truth, KeptShard.StateOf(restored));
        Assert.Equal(2, _kept.Reports.Count);
    }

    [Fact]
    public void Undamaged_it_is_used()
    {
        using var restored = _kept.Restore();
        Assert.Equal(8, _kept.Lines.RestoredFrom);
        Assert.Equal(_truth, KeptShard.StateOf(restored));
    }

    private void AssertFallsBack(string name, byte[]? damaged, string how)
    {
        Directory.Delete(_location, recursive: true);
        Copy(_intact, _location);
        File.Delete(Path.Combine(_location, name));
        if (damaged is not null)
        {
            File.WriteAllBytes(Path.Combine(_location, name), damaged);
        }

        using var restored = _kept.Restore();
        Assert.True(_kept.Lines.RestoredFrom == 4, $"{name}, {how}: restored from {_kept.Lines.RestoredFrom}");
        Assert.Equal(_truth, KeptShard.StateOf(restored));
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var path in Directory.GetFiles(from, "0*"))
        {
            File.Copy(path, Path.Combine(to, Path.GetFileName(path)));
        }
    }
}
