using System.Text;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Events;

namespace StreamSegmenter.Tests.State;

public sealed class WorkingTableTests
{
    [Fact]
    public void A_name_is_added_once_and_found_again()
    {
        var table = new WorkingTable<WorkingCustomer>(StateKey.Customer, () => new WorkingCustomer());
        var index = table.GetOrAdd("a"u8, 7, out var added);
        var again = table.GetOrAdd("a"u8, 7, out var addedAgain);

        Assert.True(added);
        Assert.False(addedAgain);
        Assert.Equal(index, again);
        Assert.Equal([StateKey.Customer, (byte)'a'], table[index].StateKeyBytes.ToArray());
        Assert.Equal("a"u8, table[index].Name);
    }

    [Fact]
    public void Names_of_one_hash_are_kept_apart()
    {
        var table = new WorkingTable<WorkingCustomer>(StateKey.Customer, () => new WorkingCustomer());

        Assert.NotEqual(table.GetOrAdd("a"u8, 7, out _), table.GetOrAdd("b"u8, 7, out _));
        Assert.Equal(0, table.GetOrAdd("a"u8, 7, out _));
    }

    [Fact]
    public void An_entry_that_is_used_again_is_clean()
    {
        var table = new WorkingTable<WorkingCustomer>(StateKey.Customer, () => new WorkingCustomer());
        table[table.GetOrAdd("long name of a customer"u8, 1, out _)].IsDirty = true;
        table[0].IsDeleted = true;
        table[0].FoundAt = 4711;
        table.Clear();
        var entry = table[table.GetOrAdd("b"u8, 2, out var added)];

        Assert.True(added);
        Assert.False(entry.IsDirty || entry.IsDeleted);
        Assert.Equal(0, entry.FoundAt);
        Assert.Equal("b"u8, entry.Name);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(5_000)]
    [InlineData(70_000)]
    public void It_finds_all_names_while_it_grows_and_after_it_was_cleared(int names)
    {
        var table = new WorkingTable<WorkingPane>(StateKey.Pane, () => new WorkingPane());
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < names; i++)
            {
                var name = Encoding.UTF8.GetBytes("name-" + i);
                Assert.Equal(i, table.GetOrAdd(name, KeyHash.Of(name), out var added));
                Assert.True(added);
            }

            for (var i = 0; i < names; i++)
            {
                var name = Encoding.UTF8.GetBytes("name-" + i);
                Assert.Equal(i, table.GetOrAdd(name, KeyHash.Of(name), out var added));
                Assert.False(added);
            }

            Assert.Equal(names, table.Entries.Length);
            table.Clear();
            Assert.Equal(0, table.Count);
        }
    }
}
