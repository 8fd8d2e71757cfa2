namespace Ledger.Domain.Rules;

/// <summary>Rules or conditions by what they cannot do without: see <see cref="RuleKeys"/>.</summary>
internal sealed class KeyIndex<T> where T : notnull
{
    private readonly Dictionary<(RuleField, string), List<T>> _byKey = [];
    private readonly List<T> _others = [];

    public bool IsEmpty => _byKey.Count == 0 && _others.Count == 0;

    /// <param name="item">The item.</param>
    /// <param name="keys">It holds of nothing that has none of these; null where that cannot be said.</param>
    public void Add(T item, IReadOnlyCollection<(RuleField, string)>? keys)
    {
        if (keys is null)
            _others.Add(item);
        foreach (var key in keys ?? [])
        {
            if (!_byKey.TryGetValue(key, out var list))
                _byKey[key] = list = [];
            list.Add(item);
        }
    }

    /// <summary>Those that can hold of what has these keys, each once.</summary>
    public IEnumerable<T> Of(IEnumerable<(RuleField, string)> keys)
    {
        if (_byKey.Count == 0)
            return _others;
        var lists = keys.Distinct().Select(key => _byKey.GetValueOrDefault(key)).OfType<List<T>>().ToList();
        return lists.Count switch
        {
            0 => _others,
            1 => lists[0].Concat(_others),
            _ => lists.SelectMany(list => list).Distinct().Concat(_others),
        };
    }
}
