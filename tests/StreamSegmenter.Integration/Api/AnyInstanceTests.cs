using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using StreamSegmenter.Host.Peers;

namespace StreamSegmenter.Integration.Api;

/// <summary>Any instance answers for all.</summary>
public sealed class AnyInstanceTests(TwoShops shops) : IClassFixture<TwoShops>
{
    [Fact]
    public async Task Every_customer_is_found_through_either_instance_with_the_same_answer()
    {
        int[] owned = [.. await OwnedAsync(0), .. await OwnedAsync(1)];
        Assert.Equal([0, 1, 2, 3], owned.Order());
        Assert.NotEmpty(await OwnedAsync(0));
        Assert.NotEmpty(await OwnedAsync(1));

        var byPartition = new ConcurrentDictionary<int, int>();
        await Parallel.ForEachAsync(shops.Ids, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (id, _) =>
        {
            var one = await GetAsync(0, $"/api/v1/customers/{id}");
            var other = await GetAsync(1, $"/api/v1/customers/{id}");
            Assert.Equal(id, one["customerId"]!.GetValue<string>());
            Assert.Equal(one["firstSeenAt"]!.ToJsonString(), other["firstSeenAt"]!.ToJsonString());
            Assert.Equal(one["orders"]!.GetValue<long>(), other["orders"]!.GetValue<long>());
            Assert.Equal(one["partition"]!.GetValue<int>(), other["partition"]!.GetValue<int>());
            byPartition.AddOrUpdate(one["partition"]!.GetValue<int>(), 1, (_, count) => count + 1);
        });
        Assert.Equal(4, byPartition.Count);
        Assert.Equal(shops.Ids.Count, byPartition.Values.Sum());
        foreach (var client in shops.Clients)
        {
            using var nobody = await client.GetAsync("/api/v1/customers/nobody");
            Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
        }
    }

    [Fact]
    public async Task Sizes_and_pages_of_members_are_the_same_through_either_and_add_up()
    {
        foreach (var (segment, expected) in ((string, string[])[])[("viewer", [.. shops.Ids]), ("buyer", [.. shops.Ids.Where((_, place) => place % 4 == 0)])])
        {
            for (var instance = 0; instance < 2; instance++)
            {
                Assert.Equal(expected.Length, TwoShops.SizeOf(await GetAsync(instance, "/api/v1/segments"), segment));
                var members = new List<string>();
                for (string? after = ""; after is not null;)
                {
                    var page = await GetAsync(instance, $"/api/v1/segments/{segment}/members?limit=37&after={after}");
                    members.AddRange(page["members"]!.AsArray().Select(member => member!["customerId"]!.GetValue<string>()));
                    after = page["next"]?.GetValue<string>();
                }

                Assert.Equal(expected.Order(StringComparer.Ordinal), members);
            }
        }
    }

    [Fact]
    public async Task What_one_instance_asks_another_is_answered_from_its_own_partitions_and_to_no_one_else()
    {
        var ownAnswers = new List<JsonNode>();
        foreach (var client in shops.Clients)
        {
            foreach (var (scheme, key) in ((string, string)[])[("Bearer", TwoShops.Token), (PeerKey.Scheme, "guess"), (PeerKey.Scheme, TwoShops.Token)])
            {
                using var refused = await SendAsync(client, PeerEndpoints.Sizes, scheme, key);
                Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            }

            using var answer = await SendAsync(client, PeerEndpoints.Sizes, PeerKey.Scheme, PeerKey.Of(shops.Configuration.Http.Tokens)!);
            ownAnswers.Add(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
            using var more = await SendAsync(client, "/api/v1/status", PeerKey.Scheme, PeerKey.Of(shops.Configuration.Http.Tokens)!);
            Assert.Equal(HttpStatusCode.Unauthorized, more.StatusCode);
        }

        Assert.Equal(shops.Ids.Count, ownAnswers.Sum(own => own["value"]!["viewer"]!.GetValue<long>()));
        Assert.All(ownAnswers, own => Assert.InRange(own["value"]!["viewer"]!.GetValue<long>(), 1, shops.Ids.Count - 1));
        Assert.Equal([0, 1, 2, 3], ownAnswers.SelectMany(own => own["partitions"]!.AsArray().Select(partition => partition!.GetValue<int>())).Order());
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string path, string scheme, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue(scheme, key);
        return client.SendAsync(request);
    }

    private async Task<int[]> OwnedAsync(int instance) =>
        [.. (await GetAsync(instance, "/api/v1/shards")).AsArray().Select(shard => shard!["partition"]!.GetValue<int>())];

    private async Task<JsonNode> GetAsync(int instance, string path)
    {
        using var response = await shops.Clients[instance].GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{instance} {path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
