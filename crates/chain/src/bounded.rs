//! Types and values of a node or a file, which cannot drive a decoder out of its bounds.
//!
//! The libraries walk types and values by recursion, and make room for as many elements as the bytes
//! claim. So no metadata is used whose types [`check`] has refused, and [`value`] is the one way to
//! decode by them.

use std::cell::Cell;

use scale_decode::TypeResolver;
use scale_decode::ext::scale_type_resolver::ResolvedTypeVisitor;
use scale_decode::visitor::{IgnoreVisitor, decode_with_visitor};
use scale_info::{PortableRegistry, TypeDef};

type Scale = scale_value::Value<u32>;

/// How deep values and types may be nested; in real runtimes it is less than 20.
const DEPTH: usize = 64;
/// How many types metadata may have; in real runtimes there are about a thousand.
const TYPES: usize = 65_536;
/// How many values a few bytes may hold, as a struct without fields takes none.
const FREE: usize = 1_024;
/// How many more there may be for each byte, as a number can stand in several structs.
const PER_BYTE: usize = 16;

/// Refuses types that hold themselves, or are nested so deep that a walk over them would not end well.
/// A list or an enum may hold its own type, such as a call that holds calls: its values end.
///
/// # Errors
/// What is wrong, in words that follow on "metadata that".
pub(super) fn check(types: &PortableRegistry) -> Result<(), String> {
    if types.types.len() > TYPES {
        return Err("has too many types".to_owned());
    }
    let parts: Vec<Vec<u32>> = types.types.iter().map(|ty| parts(&ty.ty.type_def)).collect();
    let mut open = vec![true; parts.len()];
    // In every round those types are closed whose parts all were before.
    for _ in 0..DEPTH {
        let is_open = |id: &u32| {
            usize::try_from(*id).ok().and_then(|id| open.get(id)).copied().unwrap_or(false)
        };
        let still: Vec<bool> = parts
            .iter()
            .zip(&open)
            .map(|(parts, open)| *open && parts.iter().any(is_open))
            .collect();
        if !still.contains(&true) {
            return Ok(());
        }
        open = still;
    }
    let name = types.types.iter().zip(&open).find(|(_, open)| **open).map(|(ty, _)| ty.id);
    Err(format!("has types that hold themselves (type {})", name.unwrap_or_default()))
}

/// The types of which every value of a type holds one.
fn parts(ty: &TypeDef<scale_info::form::PortableForm>) -> Vec<u32> {
    match ty {
        TypeDef::Composite(composite) => composite.fields.iter().map(|it| it.ty.id).collect(),
        TypeDef::Tuple(tuple) => tuple.fields.iter().map(|it| it.id).collect(),
        TypeDef::Array(array) => vec![array.type_param.id],
        TypeDef::Compact(compact) => vec![compact.type_param.id],
        TypeDef::Variant(_)
        | TypeDef::Sequence(_)
        | TypeDef::Primitive(_)
        | TypeDef::BitSequence(_) => Vec::new(),
    }
}

/// Decodes the value that the bytes begin with, and moves them on; `None` when there is none, or none
/// that stays within bounds.
pub(super) fn value(bytes: &mut &[u8], ty: u32, types: &PortableRegistry) -> Option<Scale> {
    let bounded = Bounded {
        types,
        depth: Cell::new(0),
        left: Cell::new(bytes.len().saturating_mul(PER_BYTE).saturating_add(FREE)),
    };
    // Once without keeping anything: what was walked to its end is not too deep, too long or too short.
    let mut rest = *bytes;
    decode_with_visitor(&mut rest, ty, &bounded, IgnoreVisitor::new()).ok()?;
    #[expect(clippy::disallowed_methods, reason = "the one place, right behind the walk")]
    scale_value::scale::decode_as_type(bytes, ty, types).ok()
}

/// Types that count how often and how deep they are looked up: a decoder looks up the type of a part
/// while it looks at the whole.
struct Bounded<'a> {
    types: &'a PortableRegistry,
    depth: Cell<usize>,
    left: Cell<usize>,
}

impl TypeResolver for Bounded<'_> {
    type TypeId = u32;
    type Error = String;

    fn resolve_type<'this, V: ResolvedTypeVisitor<'this, TypeId = u32>>(
        &'this self,
        id: u32,
        visitor: V,
    ) -> Result<V::Value, String> {
        let (depth, left) = (self.depth.get(), self.left.get());
        if depth >= DEPTH || left == 0 {
            return Err("it is nested too deep or has too many parts".to_owned());
        }
        self.left.set(left.saturating_sub(1));
        self.depth.set(depth.saturating_add(1));
        let result = self.types.resolve_type(id, visitor);
        self.depth.set(depth);
        result.map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use parity_scale_codec::{Compact, Encode as _};
    use scale_info::form::PortableForm;
    use scale_info::{
        Path, PortableType, Type, TypeDefArray, TypeDefComposite, TypeDefPrimitive,
        TypeDefSequence, TypeDefTuple,
    };

    use super::*;

    /// Types with these definitions, numbered from 0.
    fn registry(defs: Vec<TypeDef<PortableForm>>) -> PortableRegistry {
        let types = (0u32..).zip(defs).map(|(id, def)| PortableType {
            id,
            ty: Type {
                path: Path::from_segments_unchecked([]),
                type_params: Vec::new(),
                type_def: def,
                docs: Vec::new(),
            },
        });
        PortableRegistry { types: types.collect() }
    }

    fn tuple(of: &[u32]) -> TypeDef<PortableForm> {
        TypeDef::Tuple(TypeDefTuple::new_portable(of.iter().map(|id| (*id).into())))
    }

    fn list(of: u32) -> TypeDef<PortableForm> {
        TypeDef::Sequence(TypeDefSequence::new(of.into()))
    }

    fn byte() -> TypeDef<PortableForm> {
        TypeDef::Primitive(TypeDefPrimitive::U8)
    }

    fn decoded(bytes: &[u8], ty: u32, types: &PortableRegistry) -> Option<Scale> {
        value(&mut &*bytes, ty, types)
    }

    #[test]
    fn a_type_that_holds_itself_is_no_type() {
        let array = |of: u32| TypeDef::Array(TypeDefArray::new(3, of.into()));
        for defs in [
            vec![tuple(&[0])],
            vec![byte(), tuple(&[0, 2]), array(1)],
            vec![TypeDef::Compact(scale_info::TypeDefCompact::new(0.into()))],
            // Not for ever, but deeper than anything is.
            (1..1_000).map(|next| tuple(&[next])).chain([byte()]).collect(),
        ] {
            let types = registry(defs);
            let why = check(&types).unwrap_err();
            assert!(why.contains("hold themselves"), "{why}");
            // Neither is a value of it, were it used all the same.
            assert_eq!(decoded(&[0; 9], 0, &types).filter(|_| types.types.len() < 3), None);
        }
        for defs in [
            vec![list(0)],
            vec![tuple(&[1, 1]), list(0)],
            vec![tuple(&[]), tuple(&[0, 7])],
            vec![TypeDef::Composite(TypeDefComposite::new([]))],
        ] {
            assert_eq!(check(&registry(defs)), Ok(()));
        }
    }

    #[test]
    fn a_value_that_is_nested_without_end_is_no_value() {
        // A list of lists of lists: one byte for each.
        let types = registry(vec![list(0)]);
        assert_eq!(check(&types), Ok(()));
        let nested = |depth: usize| [vec![4; depth], vec![0]].concat();
        assert!(decoded(&nested(40), 0, &types).is_some());
        for depth in [64, 100_000, 4_000_000] {
            assert_eq!(decoded(&nested(depth), 0, &types), None, "{depth}");
        }
    }

    #[test]
    fn a_value_that_claims_more_than_it_has_is_no_value() {
        let types = registry(vec![byte(), list(0), tuple(&[]), list(2), tuple(&[1, 3])]);
        assert!(decoded(&[8, 1, 2, 12], 4, &types).is_some());
        for many in [1u64 << 20, 1 << 40, u64::MAX] {
            let claimed = Compact(many).encode();
            for ty in [1, 3] {
                assert_eq!(decoded(&claimed, ty, &types), None, "{many} of type {ty}");
            }
        }
        let long = TypeDef::Array(TypeDefArray::new(u32::MAX, 2.into()));
        assert_eq!(decoded(&[], 1, &registry(vec![byte(), long, tuple(&[])])), None);
    }

    #[test]
    fn what_real_runtimes_hold_stays_within_bounds() {
        let types = registry(vec![byte(), list(0), tuple(&[0]), tuple(&[2]), list(3)]);
        let many = [Compact(200_000u32).encode(), vec![7; 200_000]].concat();
        for ty in [1, 4] {
            let mut rest = many.as_slice();
            assert!(value(&mut rest, ty, &types).is_some() && rest.is_empty());
        }
        let metadata = subtune_devnet::metadata_at(15).unwrap();
        assert!(super::super::metadata::read(metadata).is_ok());
    }
}
