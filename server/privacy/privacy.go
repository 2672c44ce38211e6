// Package privacy owns what people can ask of their own data: an export, erasure, and the certainty that nothing
// is kept longer than there is a reason for.
//
// The data itself belongs to the domains that write it; which tables hold it is a list in package store.
package privacy
